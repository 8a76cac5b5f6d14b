#pragma once
/// Turns of the servers of a catalog at what is done once for all of them.

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

struct UpkeepTurnRow {
    std::string name;                  ///< of what is done
    std::optional<std::string> holder; ///< who does it now
    Timestamp held_until{};            ///< then it is free again, whoever forgot it
    Timestamp done_at{};               ///< the last time
};

constexpr auto columns(Of<UpkeepTurnRow>) {
    using R = UpkeepTurnRow;
    using enum Use;
    return table("upkeep_turn", column("name", &R::name, Key), column("holder", &R::holder),
                 column("held_until", &R::held_until), column("done_at", &R::done_at));
}

/// Takes the row's turn if nobody holds it at `now` and it was done before `done_before` at the latest. False if not.
Result<bool> take_upkeep_turn(Session& session, const UpkeepTurnRow& row, Timestamp now, Timestamp done_before);
/// Holds it until the row's time. False if it is not the row's holder's any more.
Result<bool> prolong_upkeep_turn(Session& session, const UpkeepTurnRow& row);
/// Ends it as done at the row's time; one that is lost is no failure.
Status end_upkeep_turn(Session& session, const UpkeepTurnRow& row);

} // namespace landfall::catalog
