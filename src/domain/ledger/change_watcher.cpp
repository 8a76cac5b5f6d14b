#include "domain/ledger/change_watcher.hpp"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

namespace landfall::domain {
namespace {

/// A fifth of the bound: a look or two may come late on a busy machine.
constexpr std::chrono::milliseconds kInterval = Versions::kBound / 5;

} // namespace

ChangeWatcher::ChangeWatcher(const database::Database& database, Versions& versions)
    : database_(database), versions_(versions), watch_(database.watch()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ChangeWatcher::~ChangeWatcher() = default;

Status ChangeWatcher::look() {
    const Lock lock(looking_);
    const auto began = std::chrono::steady_clock::now();
    // What failed may have been another server of the same database, so the mark is taken anew after it.
    auto mark = std::exchange(mark_, std::nullopt);
    const auto seen_at = seen_at_;
    std::vector<OrganizationId> changed;
    bool anything = false;
    Status looked = watch_->look([&](database::Session& session) -> Status {
        // Changes of this long ago may have been purged; half of the time leaves room for clocks that differ.
        if (began - seen_at > catalog::kChangesKept / 2)
            mark.reset();
        anything = !mark;
        TRY(changed, catalog::read_changes(session, mark));
        return {};
    });
    if (!looked) {
        watch_ = database_.watch(); // one that has seen nothing yet
        return looked;
    }
    if (anything)
        versions_.bump_all();
    for (const auto& organization : changed)
        versions_.bump(organization);
    mark_ = std::move(mark);
    seen_at_ = began;
    versions_.confirm(began);
    return {};
}

void ChangeWatcher::run(const std::stop_token& stop) {
    bool failing = false;
    do {
        const Status seen = look();
        if (!seen && !std::exchange(failing, true))
            spdlog::error("what others change in the catalog cannot be seen, so nothing is cached: {} {}",
                          seen.error().message, seen.error().cause);
        if (seen && std::exchange(failing, false))
            spdlog::info("what others change in the catalog can be seen again");
    } while (sleep_unless_stopped(kInterval, stop));
}

} // namespace landfall::domain
