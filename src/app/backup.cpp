
#include "backup/backup.hpp"

#include "app/admin.hpp"
#include "app/serve.hpp"
#include "app/server_lock.hpp"
#include "backup/restore.hpp"
#include "core/output.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <sys/stat.h>

namespace landfall::app {
namespace {

namespace fs = std::filesystem;

/// Conflict if the backup would lie in what it is of, or the other way round.
Status check_apart(const Config& config, const std::string& target) {
    std::error_code ignored;
    const auto is_within = [&](const fs::path& inner, const fs::path& outer) {
        const auto relative =
            fs::weakly_canonical(inner, ignored).lexically_relative(fs::weakly_canonical(outer, ignored));
        return !relative.empty() && *relative.begin() != "..";
    };
    if (!is_within(target, config.data) && !is_within(config.data, target))
        return {};
    return fail(Code::Conflict, target + " and the data folder lie in each other. Name a folder on another disk");
}

std::string backup_json(const backup::BackupReport& report) {
    return Json::object({{"made_at", format_rfc3339(report.made_at)},
                         {"objects", report.objects},
                         {"bytes", report.bytes},
                         {"objects_copied", report.copied},
                         {"bytes_copied", report.copied_bytes},
                         {"objects_mended", report.mended},
                         {"objects_damaged", Json::array_of(report.damaged)}})
               .dump() +
           "\n";
}

std::string backup_text(const backup::BackupReport& report, const std::string& target) {
    std::string text =
        fmt::format("{} holds the catalog of {} and {} objects of {} bytes; {} of {} bytes were new\n", target,
                    format_rfc3339(report.made_at), report.objects, report.bytes, report.copied, report.copied_bytes);
    if (report.mended > 0)
        text += fmt::format("{} objects had been damaged in the backup and were copied again\n", report.mended);
    for (const std::string& key : report.damaged)
        text += fmt::format("left out, for the object store has lost or damaged it: {}\n", key);
    return text;
}

std::string restore_json(const backup::RestoreReport& report) {
    return Json::object({{"made_at", format_rfc3339(report.made_at)},
                         {"objects", report.objects},
                         {"bytes", report.bytes},
                         {"objects_kept", report.kept},
                         {"objects_damaged", report.damaged}})
               .dump() +
           "\n";
}

std::string restore_text(const backup::RestoreReport& report, const std::string& folder) {
    std::string text = fmt::format("{} is as it was at {}: {} objects of {} bytes, every digest checked\n", folder,
                                   format_rfc3339(report.made_at), report.objects, report.bytes);
    if (report.damaged > 0)
        text += fmt::format("{} objects are missing: they were lost before the backup was made\n", report.damaged);
    return text;
}

/// The lock of a server on the destination, made only where one is or may be. A server that runs there is told before
/// anything else.
Result<ServerLock> claim_destination(const Config& config, const backup::Backup& source,
                                     const backup::Destination& to) {
    const std::string embedded = "sqlite:";
    std::error_code ignored;
    if (to.database_url.starts_with(embedded) &&
        fs::exists(to.database_url.substr(embedded.size()) + ".server", ignored))
        CHECK_OK(ServerLock::claim(config).map([](const ServerLock&) {}));
    CHECK_OK(source.check_destination(to));
    CHECK_OK(make_folder(config.data));
    return ServerLock::claim(config);
}

Result<backup::RestoreReport> restore_from(const Config& config, const std::string& path) {
    if (config.storage != "local")
        return fail(Code::InvalidArgument, "A backup is restored into a folder of this machine. Restore to --storage "
                                           "local");
    TRY(const auto source, backup::Backup::open(path));
    const backup::Destination to{config.data, database_url(config)};
    TRY(const auto lock, claim_destination(config, source, to));
    CHECK_OK(source.mark_unfinished(to));
    TRY(const auto store, storage::open_local_store(config.data + "/objects"));
    return source.restore(to, *store);
}

} // namespace

int back_up(const Config& config, const BackupRequest& request, Output output) {
    if (const auto apart = check_apart(config, request.target); !apart)
        return report_failure(apart.error());
    auto stores = open_stores(config, DataFolder::MustExist);
    if (!stores)
        return report_failure(stores.error());
    const SystemClock clock;
    const auto report = backup::back_up({database_url(config), *stores->transactor, *stores->store, clock},
                                        request.target, {LANDFALL_VERSION, request.quick, request.without_damaged});
    if (!report)
        return report_failure(report.error());
    put(stdout, output == Output::Json ? backup_json(*report) : backup_text(*report, request.target));
    return 0;
}

int restore(const Config& config, const std::string& source, Output output) {
    ::umask(S_IRWXG | S_IRWXO); // folders that are made are their owner's alone
    const auto report = restore_from(config, source);
    if (!report)
        return report_failure(report.error());
    put(stdout, output == Output::Json ? restore_json(*report) : restore_text(*report, config.data));
    return 0;
}

} // namespace landfall::app
