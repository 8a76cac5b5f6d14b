#include "storage/s3/address.hpp"

#include "storage/sigv4.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::storage {
namespace {

/// Spec: "General purpose bucket naming rules", Amazon S3 User Guide; older and other stores take capitals and `_`.
bool is_bucket(std::string_view name) {
    return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
           });
}

/// Scheme, host and port of a URL that holds no more; empty for others.
std::string_view bare_origin(std::string_view url) {
    while (url.ends_with('/'))
        url.remove_suffix(1);
    const auto scheme = url.find("://");
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    if (!known || url.size() == scheme + 3 || url.find_first_of("/?#@ ", scheme + 3) != std::string_view::npos)
        return {};
    return url;
}

} // namespace

Result<BucketAddress> BucketAddress::of(const S3Settings& settings) {
    if (!is_bucket(settings.bucket))
        return fail(Code::InvalidArgument, "s3.bucket: name the bucket of the object store, 3 to 63 letters, digits, "
                                           "dots, hyphens and underscores");
    const bool given = !settings.endpoint.empty();
    const std::string amazon = fmt::format("https://s3.{}.amazonaws.com", settings.region);
    const auto origin = bare_origin(given ? std::string_view(settings.endpoint) : std::string_view(amazon));
    if (origin.empty())
        return fail(Code::InvalidArgument, "s3.endpoint: it is a URL without a path, as https://s3.example.org");
    BucketAddress out;
    if (settings.path_style.value_or(given)) {
        out.origin_ = origin;
        out.root_ = "/" + settings.bucket;
    } else {
        const auto host = origin.find("://") + 3;
        out.origin_ = fmt::format("{}{}.{}", origin.substr(0, host), settings.bucket, origin.substr(host));
    }
    out.host_ = host_of(out.origin_);
    return out;
}

std::string BucketAddress::path(std::string_view key) const {
    if (key.empty())
        return root_.empty() ? "/" : root_;
    return fmt::format("{}/{}", root_, key);
}

} // namespace landfall::storage
