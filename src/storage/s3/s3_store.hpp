#pragma once
/// Blobs as objects of an S3 bucket, under a prefix. Any number of servers may use one at the same time.
/// Contract: "Object store and several servers".

#include "storage/object_store.hpp"
#include "storage/s3/credentials.hpp"
#include "storage/s3/settings.hpp"

#include <cstdint>
#include <memory>

namespace landfall::storage {

struct S3Options {
    S3Settings settings;
    VariableOf variable;           ///< of the environment, for credentials
    std::int64_t memory_bytes = 0; ///< what transfers hold together beyond 8 MiB each
};

/// InvalidArgument, naming the setting, if bucket or endpoint are none; asks nobody.
Result<std::unique_ptr<ObjectStore>> open_s3_store(const S3Options& options);

/// Makes the bucket where there is none. InvalidArgument as above; Unavailable if the store refuses or is away.
Status create_s3_bucket(const S3Options& options);

} // namespace landfall::storage
