#include "app/lifecycle_commands.hpp"

#include "app/catalog_command.hpp"
#include "domain/upkeep/lifecycle.hpp"

#include <fmt/format.h>

#include <iostream>
#include <unistd.h>

namespace landfall::app {
namespace {

using cli::FlagType;
using cli::Invocation;

/// Whether the person at the terminal agrees; yes where there is none.
bool agrees_to(Timestamp at) {
    if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1)
        return true;
    put(stderr, "{} lies ahead: items will expire and be deleted that are kept today. Go on? [y/N] ",
        format_rfc3339(at));
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

std::string as_json(const domain::LifecycleReport& report) {
    return line(Json::object({{"at", format_rfc3339(report.at)},
                              {"expiring", report.expiring},
                              {"expired", report.expired},
                              {"archived", report.archived},
                              {"deleted", report.deleted},
                              {"purged", report.purged},
                              {"uploads_ended", report.uploads_ended}}));
}

std::string as_text(const domain::LifecycleReport& report, bool dry_run) {
    return fmt::format("{}at {}: {} expiring, {} expired, {} archived, {} deleted, {} purged, {} uploads ended\n",
                       dry_run ? "would be " : "", format_rfc3339(report.at), report.expiring, report.expired,
                       report.archived, report.deleted, report.purged, report.uploads_ended);
}

} // namespace

int run_lifecycle(const Config& config, const LifecycleRequest& request, Output output) {
    const SystemClock clock;
    const Timestamp began = clock.now();
    const auto at = request.at ? parse_rfc3339(*request.at) : Result<Timestamp>(began);
    if (!at) {
        put(stderr, "landfall: --at: {}\n", at.error().message);
        return 2;
    }
    auto stores = open_stores(config, DataFolder::MustExist);
    if (!stores)
        return report_failure(stores.error());
    if (!request.dry_run && !request.yes && *at > began && !agrees_to(*at)) {
        put(stderr, "landfall: nothing was done\n");
        return 1;
    }
    const domain::LifecycleOptions options{*at, config.limits};
    const auto report =
        request.dry_run
            ? domain::plan_lifecycle(*stores->database, options)
            : domain::run_lifecycle({*stores->database, *stores->transactor, *stores->store}, clock, options);
    if (!report)
        return report_failure(report.error());
    if (!request.dry_run)
        record(*stores, {"lifecycle.run", admission::SideEffect::Destructive}, began);
    put(stdout, output == Output::Json ? as_json(*report) : as_text(*report, request.dry_run));
    return 0;
}

std::vector<Row> lifecycle_rows() {
    return {{.words = {"lifecycle", "run"},
             .summary = "Warn of, expire, archive, delete and purge what is due; a server does so every hour",
             .flags = {text_flag("at", "Everything that is due by this time, RFC 3339; if absent, now"),
                       cli::make_flag("dry-run", FlagType::Boolean, "Only tell what would be done"),
                       cli::make_flag("yes", FlagType::Boolean, "Ask nothing where the time lies ahead")},
             .json = true,
             .run = [](const LoadedConfig& loaded, const Invocation& given) {
                 return run_lifecycle(
                     loaded.config,
                     {text_of(given, "at"), given.input["dry-run"].as_bool(), given.input["yes"].as_bool()},
                     output_of(given));
             }}};
}

} // namespace landfall::app
