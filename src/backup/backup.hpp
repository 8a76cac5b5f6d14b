#pragma once
/// Copies an installation, catalog and objects of one moment, beside whoever uses it.
///
/// The order makes it whole: removals are held, the catalog is copied, then every object that this copy names and the
/// backup lacks; everything is read again and compared; only then the manifest is replaced, and what nothing names any
/// more goes. Whoever is killed on the way leaves the last manifest with all that it names.

#include "catalog/transaction.hpp"
#include "core/time.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::backup {

/// What is copied.
struct Source {
    std::string database_url;
    const catalog::Transactor& transactor; ///< of that database
    const storage::ObjectStore& store;
    const Clock& clock;
};

struct BackupOptions {
    std::string program; ///< its version, for the manifest
    /// Objects that the last backup holds are compared by their sizes only, not read again.
    bool quick = false;
    /// Objects that the store has lost or damaged are left out and told, instead of failing the backup.
    bool leave_out_damaged = false;
};

struct BackupReport {
    Timestamp made_at{};
    std::int64_t objects = 0;         ///< in the backup
    std::int64_t bytes = 0;           ///< of them
    std::int64_t copied = 0;          ///< objects that were not there before
    std::int64_t copied_bytes = 0;    ///< of them
    std::int64_t mended = 0;          ///< objects whose copy had been damaged, copied again
    std::vector<std::string> damaged; ///< keys of objects that were left out
};

/// Writes into the folder `target`, which is made where it is missing. Conflict if it holds other things or the backup
/// of another installation, or if objects are damaged; Unavailable if a disk fails or is full.
Result<BackupReport> back_up(const Source& source, const std::string& target, const BackupOptions& options);

} // namespace landfall::backup
