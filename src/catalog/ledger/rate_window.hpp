#pragma once
/// Fixed rate windows that several servers share (geopera.md section 6.1): each leases blocks of calls.

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <string>

namespace landfall::catalog {

/// How many calls of a window are used up.
struct RateWindowRow {
    std::string subject; ///< class and who
    Timestamp window_start{};
    std::int64_t used = 0;
};

constexpr auto columns(Of<RateWindowRow>) {
    using R = RateWindowRow;
    using enum Use;
    return table("rate_window", column("subject", &R::subject, Key), column("window_start", &R::window_start, Key),
                 column("used", &R::used));
}

struct RateLease {
    std::string key; ///< class and who, e.g. "operations:org_…"
    Timestamp window_start{};
    std::int64_t limit = 0;  ///< calls a window
    std::int64_t wanted = 1; ///< size of the block
};

struct RateBlock {
    std::int64_t taken = 0; ///< 0: the window is used up
    std::int64_t left = 0;  ///< to be taken by anyone after this
};

/// Takes up to `wanted` calls of what the window has left.
Result<RateBlock> lease_rate_block(Session& session, const RateLease& lease);
/// Removes windows that started before. How many.
Result<std::int64_t> purge_rate_windows(Session& session, Timestamp before);

} // namespace landfall::catalog
