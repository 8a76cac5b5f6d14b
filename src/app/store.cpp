#include "app/store.hpp"

#include "storage/s3/s3_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace landfall::app {
namespace {

constexpr std::int64_t kLeastForTransfers = 64LL << 20; ///< bytes, of an S3 store

storage::S3Options s3_options(const Config& config) {
    const auto variable = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): nobody sets any
        return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
    };
    return {config.s3, variable, std::max(kLeastForTransfers, config.limits.memory_bytes / 4)};
}

} // namespace

Result<std::unique_ptr<storage::ObjectStore>> open_store(const Config& config) {
    if (config.storage == "s3")
        return storage::open_s3_store(s3_options(config));
    if (config.storage == "memory")
        return storage::make_memory_store();
    return storage::open_local_store(config.data + "/objects");
}

Status create_bucket(const Config& config) {
    if (config.storage != "s3")
        return fail(Code::InvalidArgument, "--create-bucket makes the bucket of an S3 store; set storage = s3");
    return storage::create_s3_bucket(s3_options(config));
}

std::string store_name(const Config& config) {
    return config.storage == "s3" ? fmt::format("s3://{}/{}", config.s3.bucket, config.s3.prefix)
                                  : config.data + "/objects";
}

} // namespace landfall::app
