#pragma once
/// Files between the object store and the private folders of workers.

#include "imagery/sniff.hpp"
#include "jobs/scratch.hpp"
#include "schema/json.hpp"
#include "storage/blob_cache.hpp"
#include "storage/object_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace landfall::domain {

/// A durable blob whose writer is still held: no sweep removes it before this goes.
struct HeldBlob {
    std::unique_ptr<storage::BlobWriter> writer;
    storage::BlobInfo info;
};

/// Copies the file at `path` into the store under a new key.
Result<HeldBlob> copy_into_store(storage::ObjectStore& store, const std::string& path);

/// A blob and the name under which a worker sees it.
struct NamedBlob {
    std::string name; ///< ours, never a user's
    std::string blob_key;
};

/// Adds a file unless there is one of its name: of several sidecars that come to one name (`scene.tfw` and
/// `scene.wld`) the first counts.
void add_named(std::vector<NamedBlob>& files, NamedBlob file);

/// What the first bytes of a stored file say it is; see imagery::sniff for the refusals.
Result<imagery::Sniffed> sniff_blob(const storage::ObjectStore& store, const std::string& blob_key,
                                    const std::string& file_name);

/// Brings an uploaded file and its sidecars into a folder, without copying where that can be. Gives
/// {file, sidecars, original_name}, as the worker's tasks take it.
Result<Json> lay_out(storage::BlobCache& blobs, const jobs::ScratchFolder& folder,
                     const std::vector<NamedBlob>& primary_and_sidecars, const std::string& original_name);

} // namespace landfall::domain
