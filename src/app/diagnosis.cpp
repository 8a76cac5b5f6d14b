#include "app/admin.hpp"
#include "app/runtime.hpp"
#include "app/serve.hpp"
#include "app/server_lock.hpp"
#include "catalog/migrations/schema.hpp"
#include "core/output.hpp"
#include "faces/items.hpp"
#include "operations/registry/openapi.hpp"

#include <fmt/format.h>

#include <filesystem>

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
    TRY(const auto store, storage::open_local_store(config.data + "/objects"));
    TRY(const auto writer, store->create("doctor_" + unique_part()));
    const std::string text = "landfall";
    CHECK_OK(writer->write(std::as_bytes(std::span(text.data(), text.size()))));
    TRY(const auto blob, writer->finish());
    TRY(const auto reader, store->open(blob.key));
    if (reader->size() != static_cast<std::int64_t>(text.size()))
        return fail(Code::Internal, "a blob came back with another size");
    return store->remove(blob.key);
}

Status check_catalog(const Config& config) {
    TRY(const auto database, open_catalog(config, DataFolder::MustExist));
    return database->read(
        [](database::Session& session) { return session.query("SELECT 1", {}, [](const database::Row&) {}); });
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
    findings.note("object store " + config.data + "/objects", check_store(config));
    if (launcher) {
        const auto confinement = (*launcher)->confinement();
        put(stdout, "{}  Landlock (ABI {})\n", confinement.landlock ? "ok  " : "WARN", confinement.landlock_abi);
        put(stdout, "{}  seccomp\n", confinement.seccomp ? "ok  " : "WARN");
        if (const auto folder = require_data_folder(config); !folder) {
            findings.note("sandbox keeps a worker in", folder);
        } else {
            const std::string scratch = config.data + "/scratch";
            std::error_code error;
            std::filesystem::create_directories(scratch, error);
            findings.note(
                "sandbox keeps a worker in",
                error ? Status(fail(Code::Unavailable, "The folder " + scratch + " cannot be made: " + error.message()))
                      : (*launcher)->self_test(scratch));
        }
    }
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
