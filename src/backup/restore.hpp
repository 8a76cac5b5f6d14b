#pragma once
/// Makes an installation of a backup. Nothing that the backup says is believed: every name, length and digest is
/// checked before the result may be used.

#include "backup/manifest.hpp"
#include "core/result.hpp"
#include "database/database.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <string>

namespace landfall::backup {

/// Where to. As long as a restore has not ended, a file in the folder says so.
struct Destination {
    std::string folder;
    std::string database_url;
};

struct RestoreReport {
    Timestamp made_at{};      ///< when the backup was made
    std::int64_t objects = 0; ///< that are there now
    std::int64_t bytes = 0;   ///< of them
    std::int64_t kept = 0;    ///< of them, such as an earlier, interrupted restore had brought
    std::int64_t damaged = 0; ///< that the backup lacks, for they were lost before it was made
};

/// A backup that has been found whole, as far as that can be told without reading the objects.
class Backup {
public:
    /// NotFound, or Conflict with a sentence: no backup, not whole, of a newer program.
    static Result<Backup> open(const std::string& path);

    const Contents& contents() const { return contents_; }

    /// Conflict unless the folder and the database are empty, or hold an unfinished restore of this backup, and the
    /// database is of the backup's engine. Changes nothing.
    Status check_destination(const Destination& to) const;
    /// Says in the folder, which must be there, that what it holds is unfinished.
    Status mark_unfinished(const Destination& to) const;
    /// Brings objects and catalog there, and takes the mark away. `store` is that of the folder. A destination where
    /// this failed or was interrupted can be restored to again. Conflict if the backup is not whole.
    Result<RestoreReport> restore(const Destination& to, storage::ObjectStore& store) const;

private:
    Backup(Folder folder, Contents contents) : folder_(std::move(folder)), contents_(std::move(contents)) {}
    Status check_folder(const Destination& to) const;
    Result<bool> is_loaded(const Destination& to) const;
    Status restore_objects(storage::ObjectStore& store, RestoreReport& report) const;
    Status restore_object(storage::ObjectStore& store, const Listed& listed, RestoreReport& report) const;
    Status restore_catalog(const Destination& to) const;
    Status restore_sqlite(const Destination& to) const;
    Status restore_postgres(const Destination& to) const;
    Status check_catalog(database::Session& session, int version) const;
    Status check_part(const Part& part, int file) const;
    Error not_whole(std::string_view why) const;

    Folder folder_;
    Contents contents_;
};

/// Conflict, with what to do, if a restore into the data folder has not ended.
Status check_restored(const std::string& data_folder);

} // namespace landfall::backup
