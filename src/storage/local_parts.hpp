#pragma once
/// Parts of a local store: a directory for each upload, `parts/<key>/`, with these files:
///  - `plan`: the size of parts that was declared, or 0;
///  - `data`: the blob to be, if one was declared: parts that fit are written where they will lie;
///  - `00001.<random>`: the bytes of a part that could not be: its size was not told, or its number was there already;
///  - `records`: what makes parts count: their sizes, digests, and which file holds each. See part_records.hpp.
/// Whoever writes a part holds a shared lock on the directory; whoever makes `data` the blob, an exclusive one.

#include "storage/digester.hpp"
#include "storage/local_directory.hpp"
#include "storage/part_store.hpp"

#include <memory>

namespace landfall::storage {

/// What a local store, its parts and their writers share.
struct LocalShared {
    std::unique_ptr<LocalDirectory> directory;
    HashPool pool;
};

/// The part store beside the blobs of a local store. Unavailable if its directory can't be made.
Result<std::unique_ptr<PartStore>> open_local_parts(std::shared_ptr<LocalShared> shared);

} // namespace landfall::storage
