#include "storage/s3/signing.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace landfall::storage {
namespace {

// The examples of "Signature Calculations for the Authorization Header", Amazon S3 API Reference.
const S3Credentials kDocumented{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "", {}};
const Timestamp kDocumentedTime = parse_rfc3339("2013-05-24T00:00:00Z").value();
constexpr const char* kHost = "examplebucket.s3.amazonaws.com";
constexpr const char* kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string header(const sigv4::Pairs& headers, std::string_view name) {
    const auto found = std::ranges::find(headers, name, &sigv4::Pairs::value_type::first);
    return found == headers.end() ? "" : found->second;
}

std::string authorization(const UnsignedRequest& request, const S3Credentials& credentials = kDocumented) {
    return header(signed_headers(request, credentials, "us-east-1", kDocumentedTime), "Authorization");
}

TEST(SignedHeaders, OfAGetAreThoseOfTheDocumentation) {
    EXPECT_EQ(authorization({"GET", kHost, "/test.txt", {}, {{"Range", "bytes=0-9"}}, kEmptyHash}),
              "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
              "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
              "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SignedHeaders, OfAPutAreThoseOfTheDocumentation) {
    const UnsignedRequest put{
        "PUT",
        kHost,
        "/test$file.text",
        {},
        {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"};
    EXPECT_TRUE(authorization(put).ends_with("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(SignedHeaders, OfAQueryAreThoseOfTheDocumentation) {
    EXPECT_TRUE(authorization({"GET", kHost, "/", {{"lifecycle", ""}}, {}, kEmptyHash})
                    .ends_with("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
    EXPECT_TRUE(authorization({"GET", kHost, "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}, kEmptyHash})
                    .ends_with("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(SignedHeaders, CarryAndSignTheSessionToken) {
    const S3Credentials temporary{"ASIA", "secret", "the/token", {}};
    const UnsignedRequest get{"GET", kHost, "/x", {}, {}, kEmptyHash};
    const auto headers = signed_headers(get, temporary, "us-east-1", kDocumentedTime);
    EXPECT_EQ(header(headers, "x-amz-security-token"), "the/token");
    EXPECT_NE(header(headers, "Authorization").find(";x-amz-security-token,"), std::string::npos);
    EXPECT_TRUE(header(signed_headers(get, kDocumented, "us-east-1", kDocumentedTime), "x-amz-security-token").empty());
}

} // namespace
} // namespace landfall::storage
