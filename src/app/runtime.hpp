#pragma once
/// Putting the parts together: the only place that knows every concrete class.

#include "app/config.hpp"
#include "app/memory.hpp"
#include "app/scratch_root.hpp"
#include "catalog/search/collection_extents.hpp"
#include "catalog/search/item_search.hpp"
#include "database/database.hpp"
#include "database/metered_database.hpp"
#include "domain/context.hpp"
#include "domain/drawing/tile_cache.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/items/lost_objects.hpp"
#include "domain/items/signed_downloads.hpp"
#include "domain/ledger/change_watcher.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/parts/arriving_bytes.hpp"
#include "domain/tenancy/known_keys.hpp"
#include "domain/transact.hpp"
#include "domain/upkeep/outbox_reader.hpp"
#include "jobs/gate.hpp"
#include "jobs/sandbox.hpp"
#include "jobs/worker_health.hpp"
#include "jobs/worker_loop.hpp"
#include "storage/blob_cache.hpp"
#include "storage/object_store.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

namespace landfall::app {

/// What workers can run; needed before the first thread starts.
jobs::WorkerProgram worker_program();

/// The process that forks workers, started before any setting is read: what it has in memory, workers have too.
using StartedLauncher = Result<std::unique_ptr<jobs::Launcher>>;

/// The catalog and the store of a configuration, for commands that need no more.
struct Stores {
    std::unique_ptr<database::Database> database;
    std::unique_ptr<storage::ObjectStore> store;
    std::unique_ptr<catalog::Transactor> transactor; ///< of both: released blobs are removed after a commit
};
/// What is said of orphans that no sweep removes unasked.
std::string held_orphans(std::int64_t count);

/// What a command may do to a data folder. A misspelt one must not look like an empty one, and a newer command must not
/// change the schema under an older server.
enum class DataFolder {
    MustExist, ///< with the schema of this program
    MayBegin,  ///< made where there is none, else with the schema of this program
    MayUpgrade ///< made where there is none, else brought up to date; on SQLite the caller holds the ServerLock
};
/// Connections that read the catalog at a time. Searches may hold some of them for long, so there are more than
/// searches.
struct CatalogReaders {
    int searches = 0; ///< at a time; kSearchReserve of http more for owners who search nothing yet
    int all = 0;
};
CatalogReaders catalog_readers(const Config& config);
/// NotFound if the data must exist and does not; Conflict if its schema is another one and must not be changed.
Result<std::unique_ptr<database::Database>> open_catalog(const Config& config, DataFolder folder);
/// Conflict also if catalog and store are not each other's, unless that is left unchecked.
enum class StoreIdentity { Check, Leave };
Result<Stores> open_stores(const Config& config, DataFolder folder, StoreIdentity identity = StoreIdentity::Check);
/// Makes a folder and those above it. Unavailable if the disk refuses.
Status make_folder(const std::string& path);
/// NotFound, with a sentence, if there is no data folder.
Status require_data_folder(const Config& config);
/// The URL of the catalog's database.
std::string database_url(const Config& config);

/// The parts of a running server or worker, in the order in which they depend on each other.
class Runtime {
public:
    /// `launcher` was started before any thread.
    static Result<std::unique_ptr<Runtime>> open(const Config& config, DataFolder folder,
                                                 std::unique_ptr<jobs::Launcher> launcher);
    ~Runtime();

    const domain::Services& services() const { return *services_; }
    const domain::OutboxReader& outbox() const { return *outbox_; }
    /// Those who use the database, apart.
    std::span<const database::MeteredDatabase* const> askers() const { return askers_->all; }
    /// The database for what the server asks of its own accord.
    const database::Database& own_database() const { return askers_->upkeep.database; }
    const jobs::WorkerLoop& jobs() const { return *loop_; }
    /// Starts the job workers, the hourly clean-up and what looks after the rest.
    void start_jobs();
    /// Ends what calls do before they reach the catalog: they answer Unavailable soon.
    void stop_calls();
    /// Puts running jobs back into the queue and stops.
    void stop_jobs();

private:
    class Janitor;
    class Caretaker;
    /// One of those who use the database.
    struct Asker {
        Asker(database::Database& real, std::string name, catalog::Transactor::After after)
            : database(real, std::move(name)), transactor(database, std::move(after)) {}

        database::MeteredDatabase database;
        catalog::Transactor transactor; ///< also tells those who wait
    };
    struct Askers {
        Askers(database::Database& real, const catalog::Transactor::After& after)
            : calls(real, "calls", after), journal(real, "journal", after), upkeep(real, "upkeep", after),
              changes(real, "changes", after) {}

        Asker calls, journal, upkeep, changes;
        std::array<const database::MeteredDatabase*, 4> all{&calls.database, &journal.database, &upkeep.database,
                                                            &changes.database};
    };

    explicit Runtime(Config config);
    Status open_storage(DataFolder folder);
    void make_workers();
    void make_upkeep();

    Config config_;
    std::unique_ptr<jobs::Launcher> launcher_;
    domain::LostObjects lost_;
    Stores stores_;
    std::optional<ScratchRoot> scratch_;
    std::unique_ptr<storage::BlobCache> blobs_;
    SystemClock clock_;
    std::stop_source stop_;
    std::unique_ptr<jobs::WorkerHealth> health_;
    std::unique_ptr<jobs::Gate> probes_;
    std::unique_ptr<domain::TilePool> tiles_;
    domain::Upkeep upkeep_;
    domain::Versions versions_;
    std::optional<Askers> askers_;
    std::unique_ptr<domain::Journal> journal_;
    std::unique_ptr<domain::ChangeWatcher> watcher_;
    catalog::SearchCounts search_counts_;
    catalog::Extents extents_;
    domain::KnownKeys known_keys_{versions_};
    domain::TileSources tile_sources_{versions_,
                                      static_cast<std::size_t>(memory_shares(config_.limits.memory_bytes).sources)};
    domain::TileCache tile_cache_{static_cast<std::size_t>(memory_shares(config_.limits.memory_bytes).tiles)};
    domain::SignedDownloads downloads_{versions_};
    domain::ArrivingBytes arriving_;
    std::optional<const domain::Services> services_;
    std::unique_ptr<domain::OutboxReader> outbox_;
    std::unique_ptr<jobs::WorkerLoop> loop_;
    std::unique_ptr<Janitor> janitor_;
    std::unique_ptr<Caretaker> caretaker_;
};

/// Worker processes for tiles, and jobs at once.
int worker_count(const Config& config);

} // namespace landfall::app
