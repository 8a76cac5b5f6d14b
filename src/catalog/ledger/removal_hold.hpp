#pragma once
/// Holds on removal: while one lasts, stored bytes stay that rows named when it began.

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <string>
#include <string_view>

namespace landfall::catalog {

struct RemovalHoldRow {
    std::string id;
    Timestamp expires_at{}; ///< from then on it holds nothing, whoever forgot it
};

constexpr auto columns(Of<RemovalHoldRow>) {
    using R = RemovalHoldRow;
    using enum Use;
    return table("removal_hold", column("id", &R::id, Key), column("expires_at", &R::expires_at));
}

/// Begins a hold and drops those that have expired.
Status begin_removal_hold(Session& session, const RemovalHoldRow& row, Timestamp now);
/// Lets a hold last until the row's time. False if it has expired or ended before.
Result<bool> prolong_removal_hold(Session& session, const RemovalHoldRow& row, Timestamp now);
/// Ends a hold; one that is not there is no failure.
Status end_removal_hold(Session& session, std::string_view id);
/// Whether anybody holds removal.
Result<bool> removal_is_held(Session& session, Timestamp now);

} // namespace landfall::catalog
