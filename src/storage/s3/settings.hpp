#pragma once
/// Settings of a store that speaks S3. Contract: "Object store and several servers".

#include "schema/fields.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::storage {

/// Where the bucket is, how it is asked and who asks.
struct S3Settings {
    std::string endpoint;
    std::string bucket;
    std::string prefix;
    std::string region = "us-east-1";
    std::string access_key;
    std::string secret_key;
    std::string session_token;
    std::optional<bool> path_style;
    std::string encryption;
    std::string kms_key;
};

inline constexpr std::string_view kS3Encryptions[] = {"", "AES256", "aws:kms"};

constexpr auto describe(schema::Of<S3Settings>) {
    using schema::field;
    return schema::fields(
        field("endpoint", &S3Settings::endpoint, {.text = "URL of the S3 store; empty: AWS of the region"}),
        field("bucket", &S3Settings::bucket, {.text = "Bucket of the store; landfall init --create-bucket makes it"}),
        field("prefix", &S3Settings::prefix, {.text = "What the key of every object begins with, as it stands"}),
        field("region", &S3Settings::region, {.text = "Region that requests are signed for", .min_length = 1}),
        field("access_key", &S3Settings::access_key,
              {.text = "Access key; empty: AWS_ACCESS_KEY_ID, the shared file or the machine's metadata tell"}),
        field("secret_key", &S3Settings::secret_key, {.text = "Secret of the access key"}),
        field("session_token", &S3Settings::session_token, {.text = "Session token of temporary credentials"}),
        field(
            "path_style", &S3Settings::path_style,
            {.text = "Whether the bucket stands in the path, not in the host; if absent, where an endpoint is named"}),
        field("encryption", &S3Settings::encryption,
              {.text = "Encryption that the store is asked for: AES256 or aws:kms; empty: the bucket's own",
               .one_of = kS3Encryptions}),
        field("kms_key", &S3Settings::kms_key, {.text = "Key of aws:kms; empty: the account's own"}));
}

} // namespace landfall::storage
