#include "app/admin.hpp"
#include "app/memory.hpp"
#include "app/runtime.hpp"
#include "app/serve.hpp"
#include "app/server_lock.hpp"
#include "app/store.hpp"
#include "catalog/migrations/schema.hpp"
#include "core/output.hpp"
#include "domain/items/object_sample.hpp"
#include "faces/items.hpp"
#include "operations/registry/openapi.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

/// Prints one finding of the doctor; counts the bad ones.
class Findings {
public:
    void note(std::string_view what, const Status& status) {
        if (status) {
            put(stdout, "ok    {}\n", what);
            return;
        }
        ++bad_;
        const auto& error = status.error();
        put(stdout, "FAIL  {}: {}{}{}\n", what, error.message, error.cause.empty() ? "" : " ", error.cause);
    }
    int exit_code() const { return bad_ == 0 ? 0 : 1; }

private:
    int bad_ = 0;
};

Status check_store(const Config& config) {
    CHECK_OK(require_data_folder(config));
    TRY(const auto store, open_store(config));
    TRY(const auto writer, store->create("doctor_" + unique_part()));
    const std::string text = "landfall";
    CHECK_OK(writer->write(std::as_bytes(std::span(text.data(), text.size()))));
    TRY(const auto blob, writer->finish());
    TRY(const auto reader, store->open(blob.key));
    if (reader->size() != static_cast<std::int64_t>(text.size()))
        return fail(Code::Internal, "a blob came back with another size");
    return store->remove(blob.key);
}

constexpr std::size_t kMostNamed = 20;

/// Whether what the catalog names is in the store; `found` says how much was looked at.
Status check_objects(const Config& config, std::string& found) {
    TRY(const auto database, open_catalog(config, DataFolder::MustExist));
    TRY(const auto store, open_store(config));
    TRY(const auto sample, domain::sample_objects(*database, *store));
    found = fmt::format("{}{} looked at", sample.is_all ? "all " : "", sample.looked_at);
    if (sample.missing.empty())
        return {};
    std::string names;
    for (std::size_t i = 0; i < sample.missing.size() && i < kMostNamed; ++i)
        names += (i > 0 ? ", " : "") + sample.missing[i];
    return fail(Code::NotFound,
                fmt::format("{} are missing from the store or cut short: {}{}. Bring them back from a "
                            "backup",
                            sample.missing.size(), names, sample.missing.size() > kMostNamed ? ", and more" : ""));
}

Status check_catalog(const Config& config) {
    TRY(const auto database, open_catalog(config, DataFolder::MustExist));
    return database->read(
        [](database::Session& session) { return session.query("SELECT 1", {}, [](const database::Row&) {}); });
}

std::string mebibytes(std::int64_t bytes) {
    return fmt::format("{} MiB", bytes >> 20);
}

/// What the server and its workers may take of the memory that there is.
void tell_memory(const Config& config) {
    const HostMemory host = host_memory();
    const domain::Limits& limits = config.limits;
    const std::int64_t workers = limits.tile_block_bytes + limits.job_memory_bytes;
    const bool fits = host.bytes == 0 || limits.memory_bytes + workers <= host.bytes;
    put(stdout, "{}  memory: {} of {} of this {} for the server; {} for tile workers, {} for each job\n",
        fits ? "ok  " : "WARN", mebibytes(limits.memory_bytes), mebibytes(host.bytes),
        host.is_container ? "container" : "host", mebibytes(limits.tile_block_bytes),
        mebibytes(limits.job_memory_bytes));
    if (!fits)
        put(stdout, "      a job that takes all it may is killed: lower limits.job_memory_bytes or give more memory\n");
}

/// Whether workers start, and whether they are kept in.
void check_workers(Findings& findings, const Config& config, jobs::Launcher& launcher) {
    const auto confinement = launcher.confinement();
    put(stdout, "{}  Landlock (ABI {})\n", confinement.landlock ? "ok  " : "WARN", confinement.landlock_abi);
    put(stdout, "{}  seccomp\n", confinement.seccomp ? "ok  " : "WARN");
    const std::string scratch = config.data + "/scratch";
    auto able = require_data_folder(config);
    if (able)
        able = make_folder(scratch);
    if (able)
        able = launcher.try_worker(scratch);
    findings.note("workers start", able);
    if (able)
        findings.note("sandbox keeps a worker in", launcher.self_test(scratch));
}

} // namespace

int migrate(const Config& config) {
    const auto lock = ServerLock::claim(config);
    if (!lock)
        return report_failure(lock.error());
    const auto before = database::schema_version(database_url(config));
    const auto database = open_catalog(config, DataFolder::MayUpgrade);
    if (!database)
        return report_failure(database.error());
    put(stdout, "schema version {} (was {})\n", catalog::newest_schema_version(),
        before ? std::to_string(*before) : "none");
    return 0;
}

int doctor(const Config& config, StartedLauncher launcher) {
    Findings findings;
    findings.note("worker launcher", launcher ? Status() : Status(fail(launcher.error())));
    findings.note("catalog " + (config.database.empty() ? config.data + "/catalog.db" : "(database setting)"),
                  check_catalog(config));
    findings.note("object store " + store_name(config), check_store(config));
    std::string looked_at;
    const auto objects = check_objects(config, looked_at);
    findings.note("objects" + (looked_at.empty() ? "" : " (" + looked_at + ")"), objects);
    tell_memory(config);
    if (launcher)
        check_workers(findings, config, **launcher);
    return findings.exit_code();
}

int print_config(const LoadedConfig& loaded, Output output) {
    Json all = Json::object();
    for (const auto& setting : loaded.settings) {
        if (output == Output::Text)
            put(stdout, "{} = {}  # {}\n", setting.name, setting.value, setting.source);
        else
            all.set(setting.name,
                    Json::object({{"value", Json::parse(setting.value).value_or(Json())}, {"source", setting.source}}));
    }
    if (output == Output::Json)
        put(stdout, "{}\n", all.dump());
    return 0;
}

int print_openapi() {
    put(stdout, "{}\n",
        operations::openapi_document(operations::make_registry(), LANDFALL_VERSION, faces::item_addresses()).dump());
    return 0;
}

} // namespace landfall::app
