#include "domain/upkeep/turn.hpp"

#include "catalog/ledger/upkeep_turn.hpp"
#include "core/ids.hpp"

namespace landfall::domain {
namespace {

constexpr std::chrono::seconds kBeat{30};

} // namespace

Turn::Turn(const catalog::Transactor& transactor, const Clock& clock, std::string name, std::string holder)
    : transactor_(transactor), clock_(clock), name_(std::move(name)), holder_(std::move(holder)),
      keeper_([this](const std::stop_token& stop) { keep(stop); }) {}

Result<std::unique_ptr<Turn>> Turn::take(const catalog::Transactor& transactor, const Clock& clock,
                                         const std::string& name, std::chrono::seconds every) {
    const Timestamp now = clock.now();
    const std::string holder = unique_part();
    TRY(const bool taken, transactor.run_for([&](database::Session& session) {
        return catalog::take_upkeep_turn(session, {name, holder, now + kLasts, Timestamp{}}, now, now - every);
    }));
    return taken ? std::unique_ptr<Turn>(new Turn(transactor, clock, name, holder)) : nullptr;
}

Turn::~Turn() {
    keeper_.request_stop();
    keeper_.join();
    // One that cannot be ended expires.
    (void)transactor_.run([&](catalog::Transaction& transaction) {
        return catalog::end_upkeep_turn(transaction, {name_, holder_, Timestamp{}, clock_.now()});
    });
}

void Turn::keep(const std::stop_token& stop) {
    while (sleep_unless_stopped(kBeat, stop))
        (void)transactor_.run_for([&](database::Session& session) { // the next beat tries again
            return catalog::prolong_upkeep_turn(session, {name_, holder_, clock_.now() + kLasts, Timestamp{}});
        });
}

} // namespace landfall::domain
