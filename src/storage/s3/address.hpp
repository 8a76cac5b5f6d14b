#pragma once
/// Where a bucket and its objects are found.
/// Spec: "Virtual hosting of general purpose buckets", Amazon S3 User Guide.

#include "core/result.hpp"
#include "storage/s3/settings.hpp"

#include <string>
#include <string_view>

namespace landfall::storage {

class BucketAddress {
public:
    /// InvalidArgument, naming the setting, if endpoint or bucket are none.
    static Result<BucketAddress> of(const S3Settings& settings);

    const std::string& origin() const { return origin_; } ///< scheme, host and port
    const std::string& host() const { return host_; }     ///< as the header Host says it
    /// The path of an object, or of the bucket for an empty key; not encoded.
    std::string path(std::string_view key) const;

private:
    std::string origin_, host_, root_;
};

} // namespace landfall::storage
