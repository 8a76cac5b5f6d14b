#include "domain/upkeep/removal_hold.hpp"

#include "catalog/ledger/removal_hold.hpp"
#include "core/ids.hpp"

namespace landfall::domain {
namespace {

constexpr std::chrono::seconds kBeat{30};

Result<bool> prolong(const catalog::Transactor& transactor, const Clock& clock, const std::string& id) {
    const Timestamp now = clock.now();
    return transactor.run_for([&](database::Session& session) {
        return catalog::prolong_removal_hold(session, {id, now + RemovalHold::kLasts}, now);
    });
}

} // namespace

RemovalHold::RemovalHold(const catalog::Transactor& transactor, const Clock& clock, std::string id)
    : transactor_(transactor), clock_(clock), id_(std::move(id)),
      keeper_([this](const std::stop_token& stop) { keep(stop); }) {}

Result<std::unique_ptr<RemovalHold>> RemovalHold::take(const catalog::Transactor& transactor, const Clock& clock) {
    const Timestamp now = clock.now();
    const catalog::RemovalHoldRow row{unique_part(), now + kLasts};
    CHECK_OK(transactor.run(
        [&](catalog::Transaction& transaction) { return catalog::begin_removal_hold(transaction, row, now); }));
    return std::unique_ptr<RemovalHold>(new RemovalHold(transactor, clock, row.id));
}

RemovalHold::~RemovalHold() {
    keeper_.request_stop();
    keeper_.join();
    // One that cannot be ended expires.
    (void)transactor_.run(
        [&](catalog::Transaction& transaction) { return catalog::end_removal_hold(transaction, id_); });
}

Status RemovalHold::check() const {
    TRY(const bool lasts, prolong(transactor_, clock_, id_));
    if (lasts)
        return {};
    return fail(Code::Unavailable,
                "The catalog could not be written for minutes, so removals were not held back and files may be "
                "missing. Try again once it can");
}

void RemovalHold::keep(const std::stop_token& stop) {
    while (sleep_unless_stopped(kBeat, stop))
        (void)prolong(transactor_, clock_, id_); // the next beat tries again, and `check` tells if none came in time
}

} // namespace landfall::domain
