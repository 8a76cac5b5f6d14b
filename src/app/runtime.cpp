#include "app/runtime.hpp"

#include "app/store.hpp"
#include "backup/restore.hpp"
#include "catalog/migrations/schema.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "core/mutex.hpp"
#include "core/text.hpp"
#include "core/threads.hpp"
#include "database/turn.hpp"
#include "domain/items/watched_store.hpp"
#include "domain/upkeep/identity.hpp"
#include "domain/upkeep/job_kinds.hpp"
#include "domain/upkeep/lifecycle.hpp"
#include "domain/upkeep/retention_change.hpp"
#include "domain/upkeep/sweep.hpp"
#include "domain/upkeep/turn.hpp"
#include "http/server/server.hpp"
#include "imagery/clip_task.hpp"
#include "imagery/pixel_tasks.hpp"
#include "imagery/tasks.hpp"
#include "raster/draw/tile_service.hpp"
#include "raster/open/drivers.hpp"
#include "raster/tasks.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <thread>

namespace landfall::app {
namespace {

constexpr std::chrono::minutes kCleanUpInterval{60};
/// Between looks at whose turn it is; the first comes so soon after the start, for some servers never run for an hour.
constexpr std::chrono::minutes kCleanUpPause{5};
constexpr std::chrono::seconds kCareInterval{1};
constexpr int kSecondLook = 60; ///< of these intervals
constexpr int kTidying = 15;
/// How soon a job that was cancelled is told; a beat of the loop comes every second.
constexpr std::chrono::milliseconds kHeartbeat{900};
constexpr std::chrono::minutes kTilesUnused{2};
constexpr std::chrono::minutes kWorkersUnused{5};
constexpr std::int64_t kWorthGivingBack = 4LL << 20; ///< bytes

constexpr std::string_view kSqlite = "sqlite:";

/// Searches of SQLite need a core each; those of PostgreSQL wait for it.
bool is_embedded(const Config& config) {
    return database_url(config).starts_with(kSqlite);
}

/// The key that signs URLs; made on first use and shared by all servers of a catalog.
Result<storage::SigningKey> signing_key(const catalog::Transactor& transactor, Timestamp now) {
    return transactor.run_for([&](database::Session& session) -> Result<storage::SigningKey> {
        CHECK_OK(database::take_turn(session, "signing key"));
        TRY(const auto keys, catalog::list_signing_keys(session));
        if (!keys.empty())
            return storage::SigningKey{keys.front().access_key_id, keys.front().secret};
        catalog::SigningKeyRow row;
        row.access_key_id = "LANDFALL" + unique_part().substr(0, 12);
        row.secret = to_base64url(random_bytes(32));
        row.created_at = now;
        CHECK_OK(catalog::insert_signing_key(session, row));
        return storage::SigningKey{row.access_key_id, row.secret};
    });
}

domain::Settings settings_of(const Config& config, std::string scratch_directory) {
    domain::Settings settings;
    settings.public_url_is_set = !config.public_url.empty();
    settings.public_url = settings.public_url_is_set ? config.public_url : config.listening_at;
    settings.hosts = config.hosts;
    settings.verify_checksums = config.verify_checksums;
    settings.scratch_directory = std::move(scratch_directory);
    settings.limits = config.limits;
    settings.stac = {config.stac_project, config.upload_in_progress_status, config.outbound_hosts};
    return settings;
}

} // namespace

std::string held_orphans(std::int64_t count) {
    return fmt::format(
        "The catalog knows nothing of {} stored objects, over a tenth of all: they are kept, for it may be "
        "another catalog than theirs. If they may go, run landfall sweep --yes",
        count);
}

/// Cleans up soon after the start and every hour, at one server of the catalog at a time.
class Runtime::Janitor {
public:
    Janitor(const Asker& upkeep, const domain::Services& services)
        : upkeep_(upkeep), services_(services), thread_([this](const std::stop_token& stop) { run(stop); }) {}

private:
    void run(const std::stop_token& stop) {
        while (sleep_unless_stopped(kCleanUpPause, stop)) {
            tell_failure("following a change of retention",
                         domain::follow_retentions(upkeep_.transactor, services_.clock, stop));
            const auto turn = domain::Turn::take(upkeep_.transactor, services_.clock, "clean-up", kCleanUpInterval);
            tell_failure("taking turns to clean up", turn);
            if (turn && *turn)
                clean_up(stop);
            services_.downloads.drop_changed(); // an open descriptor keeps a removed file's bytes on the disk
        }
    }

    void clean_up(const std::stop_token& stop) {
        const domain::Swept swept{upkeep_.database, upkeep_.transactor, services_.store};
        const domain::Limits& limits = services_.settings.limits;
        tell_failure("the lifecycle batch",
                     domain::run_lifecycle(swept, services_.clock, {services_.clock.now(), limits, stop}));
        domain::SweepOptions options;
        options.limits = limits;
        options.stop = stop;
        const auto report = domain::sweep(swept, services_.clock, options);
        tell_failure("the sweep", report);
        if (report && report->orphans_held > 0)
            spdlog::error("{}", held_orphans(report->orphans_held));
    }

    template<typename Outcome>
    static void tell_failure(std::string_view what, const Outcome& outcome) {
        if (!outcome)
            spdlog::error("{} failed: {} {}", what, outcome.error().message, outcome.error().cause);
    }

    const Asker& upkeep_;
    const domain::Services& services_;
    std::jthread thread_;
};

/// Looks after what has to be noticed soon.
class Runtime::Caretaker {
public:
    explicit Caretaker(Runtime& runtime)
        : runtime_(runtime), thread_([this](const std::stop_token& stop) { run(stop); }) {}

private:
    void run(const std::stop_token& stop) {
        (void)runtime_.health_->now(); // says in the log what it found
        runtime_.lost_.look_again(runtime_.services());
        if (const auto missing = runtime_.lost_.stats().missing; missing > 0)
            spdlog::warn("{} objects are missing from the store; landfall doctor names them", missing);
        for (int turn = 1; sleep_unless_stopped(kCareInterval, stop); ++turn) {
            keep_launcher();
            runtime_.lost_.settle_noted(runtime_.services());
            if (turn % kSecondLook == 0)
                runtime_.lost_.look_again(runtime_.services());
            if (turn % kTidying == 0)
                tidy();
        }
    }

    void keep_launcher() {
        if (runtime_.launcher_->is_alive())
            return;
        const Status started = runtime_.launcher_->restart();
        if (started)
            spdlog::warn("the launcher of workers had ended and is started again");
        else if (!refused_)
            spdlog::error("{}", started.error().message);
        refused_ = !started;
    }

    /// Gives back what was needed and is not any more.
    void tidy() {
        const auto expired = runtime_.tile_cache_.expire(kTilesUnused);
        runtime_.tile_sources_.drop_changed();
        runtime_.known_keys_.drop_changed();
        runtime_.tiles_->retire(kWorkersUnused);
        const std::int64_t resident = resident_bytes();
        if (expired == 0 && resident < resident_ + kWorthGivingBack)
            return;
        give_memory_back();
        resident_ = resident_bytes();
    }

    Runtime& runtime_;
    bool refused_ = false;      ///< the launcher could not be started again a moment ago
    std::int64_t resident_ = 0; ///< after memory was given back the last time
    std::jthread thread_;
};

int worker_count(const Config& config) {
    return config.workers > 0 ? static_cast<int>(config.workers) : cores();
}

jobs::WorkerProgram worker_program() {
    jobs::WorkerProgram program;
    program.add(imagery::kProbe, raster::probe_task);
    program.add(imagery::kMakeCog, raster::cog_task);
    program.add(imagery::kMakeThumbnail, raster::thumbnail_task);
    program.add(imagery::kClip, raster::clip_task);
    program.add(imagery::kExport, raster::export_task);
    program.add(imagery::kReadPoints, raster::points_task);
    program.add(imagery::kFindCrs, raster::find_crs_task);
    program.add(imagery::kReadCrs, raster::read_crs_task);
    program.add(imagery::kDigestContent, raster::digest_content_task);
    program.add(imagery::kMeasure, raster::measure_task);
    program.add(imagery::kDrawBox, raster::box_picture_task);
    program.add(imagery::kDrawVectorTile, raster::vector_tile_task);
    program.add(imagery::kDrawTile,
                // Made in the worker at its first request: each worker process has one of its own.
                [service = std::shared_ptr<raster::TileService>()](
                    const imagery::TileOrder& order,
                    std::vector<int> descriptors) mutable -> Result<schema::Reply<imagery::TileHead>> {
                    if (!service)
                        service = std::make_shared<raster::TileService>();
                    if (order.points) {
                        TRY(const auto values, service->read(order, std::move(descriptors)));
                        return schema::Reply<imagery::TileHead>{{.is_values = true}, schema::to_json_text(values)};
                    }
                    TRY(auto tile, service->handle(order, std::move(descriptors)));
                    return schema::Reply<imagery::TileHead>{{tile.format, tile.empty, false}, std::move(tile.bytes)};
                });
    program.warm_up = [] { raster::register_drivers(); };
    program.readable = {"/usr/share/gdal", "/usr/share/proj"};
    return program;
}

std::string database_url(const Config& config) {
    return config.database.empty() ? "sqlite:" + config.data + "/catalog.db" : config.database;
}

Status make_folder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
        return fail(Code::Unavailable, "The folder " + path + " cannot be made: " + error.message());
    return {};
}

Status require_data_folder(const Config& config) {
    std::error_code ignored;
    if (std::filesystem::is_directory(config.data, ignored))
        return {};
    return fail(Code::NotFound, "There is no data folder at " + config.data + "; landfall init makes one");
}

CatalogReaders catalog_readers(const Config& config) {
    constexpr int kForOthers = 4;
    const int searches = is_embedded(config) ? std::clamp(cores(), 2, 16) : 10;
    return {searches, searches + http::kSearchReserve + kForOthers};
}

Result<std::unique_ptr<database::Database>> open_catalog(const Config& config, DataFolder folder) {
    CHECK_OK(backup::check_restored(config.data));
    database::DatabaseOptions options;
    options.url = database_url(config);
    const bool embedded = is_embedded(config);
    options.schema = folder == DataFolder::MustExist  ? database::SchemaChange::None
                     : folder == DataFolder::MayBegin ? database::SchemaChange::Begin
                                                      : database::SchemaChange::Upgrade;
    if (folder != DataFolder::MustExist) {
        CHECK_OK(make_folder(config.data));
    } else if (embedded) {
        if (config.database.empty())
            CHECK_OK(require_data_folder(config));
        std::error_code ignored;
        if (!std::filesystem::exists(options.url.substr(kSqlite.size()), ignored))
            return fail(Code::NotFound,
                        "There is no catalog at " + options.url.substr(kSqlite.size()) + "; landfall init makes one");
    }
    options.readers = catalog_readers(config).all;
    return catalog::open(options);
}

Result<Stores> open_stores(const Config& config, DataFolder folder, StoreIdentity identity) {
    Stores stores;
    TRY(stores.database, open_catalog(config, folder));
    if (folder == DataFolder::MustExist)
        CHECK_OK(require_data_folder(config));
    TRY(stores.store, open_store(config));
    static const SystemClock clock;
    stores.transactor = std::make_unique<catalog::Transactor>(
        *stores.database, domain::after_commit({*stores.database, *stores.store, clock}));
    // One in memory is new at each start.
    if (config.storage != "memory" && identity == StoreIdentity::Check)
        CHECK_OK(domain::check_identity(*stores.transactor, *stores.store, SystemClock().now()));
    return stores;
}

Result<std::unique_ptr<Runtime>> Runtime::open(const Config& config, DataFolder folder,
                                               std::unique_ptr<jobs::Launcher> launcher) {
    std::unique_ptr<Runtime> runtime(new Runtime(config));
    runtime->launcher_ = std::move(launcher);
    CHECK_OK(runtime->open_storage(folder));
    runtime->make_workers();
    auto& database = *runtime->stores_.database;
    const Timestamp now = runtime->clock_.now();
    auto& askers =
        runtime->askers_.emplace(database, domain::after_commit({database, *runtime->stores_.store, runtime->clock_},
                                                                runtime->versions_, runtime->upkeep_));
    TRY(auto key, signing_key(askers.upkeep.transactor, now));
    runtime->journal_ = std::make_unique<domain::Journal>(askers.journal.transactor, runtime->clock_);
    runtime->watcher_ = std::make_unique<domain::ChangeWatcher>(askers.changes.database, runtime->versions_);
    runtime->services_.emplace(domain::Services{
        .database = askers.calls.database,
        .transactor = askers.calls.transactor,
        .store = *runtime->stores_.store,
        .blobs = *runtime->blobs_,
        .lost = runtime->lost_,
        .launcher = *runtime->launcher_,
        .workers = *runtime->health_,
        .tiles = *runtime->tiles_,
        .probes = *runtime->probes_,
        .clock = runtime->clock_,
        .search_counts = runtime->search_counts_,
        .extents = runtime->extents_,
        .versions = runtime->versions_,
        .known_keys = runtime->known_keys_,
        .tile_sources = runtime->tile_sources_,
        .tile_cache = runtime->tile_cache_,
        .downloads = runtime->downloads_,
        .arriving = runtime->arriving_,
        .journal = *runtime->journal_,
        .settings = settings_of(config, runtime->scratch_->path()),
        .signing_key = std::move(key),
        // Only where one server owns the database does a later start mean that earlier claims are stale.
        .server_epoch = database.engine() == database::Engine::Sqlite ? to_micros(now) : 0,
        .stopping = runtime->stop_.get_token(),
    });
    runtime->make_upkeep();
    return runtime;
}

Status Runtime::open_storage(DataFolder folder) {
    TRY(stores_, open_stores(config_, folder));
    stores_.store = domain::watch_store(std::move(stores_.store), [this](std::string_view key) { lost_.note(key); });
    TRY(auto scratch, ScratchRoot::claim(config_.data + "/scratch", unique_part));
    scratch_ = std::move(scratch);
    // In the part of `scratch/` that is this process's own: on the file system of the workers' folders, so that fetched
    // files can be linked into them, and gone with what else a killed server leaves.
    TRY(blobs_,
        storage::BlobCache::open(*stores_.store, {scratch_->path() + "/blobs", config_.limits.blob_cache_bytes}));
    return {};
}

void Runtime::make_workers() {
    health_ = std::make_unique<jobs::WorkerHealth>(*launcher_, scratch_->path());
    const int probes = static_cast<int>(config_.limits.probes_at_once);
    probes_ = std::make_unique<jobs::Gate>(probes, probes);
    jobs::SandboxLimits tile_limits;
    tile_limits.memory_bytes = config_.limits.job_memory_bytes;
    tile_limits.cpu = std::chrono::seconds(0);
    tiles_ = std::make_unique<domain::TilePool>(*launcher_, imagery::kDrawTile, worker_count(config_), tile_limits);
}

Runtime::Runtime(Config config) : config_(std::move(config)) {}

Runtime::~Runtime() {
    stop_jobs();
}

void Runtime::make_upkeep() {
    jobs::WorkerLoopOptions options;
    options.workers = worker_count(config_);
    options.drain = std::chrono::seconds(config_.drain_seconds);
    options.heartbeat = kHeartbeat;
    options.able = [this] { return launcher_->is_alive() && health_->now().has_value(); };
    auto& asker = askers_->upkeep;
    loop_ = std::make_unique<jobs::WorkerLoop>(jobs::Queue{asker.database, asker.transactor}, clock_,
                                               domain::job_handlers(*services_), options);
    outbox_ = std::make_unique<domain::OutboxReader>(asker.transactor, std::vector<domain::OutboxReader::Consumer>());
    upkeep_.wake_jobs = [this] { loop_->wake(); };
    upkeep_.wake_outbox = [this] { outbox_->wake(); };
}

void Runtime::start_jobs() {
    loop_->start();
    janitor_ = std::make_unique<Janitor>(askers_->upkeep, *services_);
    caretaker_ = std::make_unique<Caretaker>(*this);
}

void Runtime::stop_calls() {
    stop_.request_stop();
    probes_->close();
    known_keys_.passwords.close();
}

void Runtime::stop_jobs() {
    janitor_.reset();
    caretaker_.reset();
    if (loop_)
        loop_->stop();
}

} // namespace landfall::app
