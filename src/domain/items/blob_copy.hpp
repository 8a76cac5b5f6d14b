#pragma once
/// Files between the object store and the private folders of workers.

#include "domain/work/held_blob.hpp"
#include "imagery/sniff.hpp"
#include "imagery/tasks.hpp"
#include "jobs/scratch.hpp"
#include "storage/blob_cache.hpp"
#include "storage/object_store.hpp"

#include <string>
#include <vector>

namespace landfall::domain {

/// A file that a worker says it made.
struct MadeFile {
    std::string_view name;   ///< as the worker answered: input from a stranger
    std::string_view driver; ///< what it must begin as: `GTiff`, `PNG`
    std::int64_t max_bytes;
};
/// Copies it out of its folder into the store under a new key. Internal unless it is what ScratchFolder::open_made
/// takes, of that driver: a worker may have been taken over by the file that it read.
Result<HeldBlob> copy_into_store(storage::ObjectStore& store, const jobs::ScratchFolder& folder, const MadeFile& made);

/// A blob and the name under which a worker sees it.
struct NamedBlob {
    std::string name; ///< ours, never a user's
    std::string blob_key;
};

/// Adds a file unless it has no name, as what no worker needs, or there is one of its name: of several sidecars that
/// come to one name (`scene.tfw` and `scene.wld`) the first counts.
void add_named(std::vector<NamedBlob>& files, NamedBlob file);

/// What the first bytes of a stored file say it is; see imagery::sniff for the refusals.
Result<imagery::Sniffed> sniff_blob(const storage::ObjectStore& store, const std::string& blob_key,
                                    const std::string& file_name);

/// Brings an uploaded file and its sidecars into a folder, without copying where that can be.
Result<imagery::WorkerFiles> lay_out(storage::BlobCache& blobs, const jobs::ScratchFolder& folder,
                                     const std::vector<NamedBlob>& primary_and_sidecars,
                                     const std::string& original_name);

} // namespace landfall::domain
