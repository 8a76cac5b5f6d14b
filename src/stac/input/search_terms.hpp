#pragma once
/// What a search asks for, in the words of a URL or of a body. Contract: swisstopo.md section 17.

#include "catalog/search/item_search.hpp"
#include "schema/json.hpp"
#include "stac/refusal.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace landfall::stac {

/// A time asked for: an instant, or what lies within an interval, whose absent end is open.
struct AskedTime {
    bool is_instant = false;
    TimeRange range;
};

struct SearchTerms {
    std::vector<std::string> ids;
    std::vector<std::string> collections;
    std::optional<geo::Bounds> bbox;
    std::optional<AskedTime> datetime;
    std::optional<geo::Footprint> intersects;
    std::vector<catalog::ItemFilter> filters; ///< of `query` and of forecasts
};

/// A box of four numbers. The sentence that is wrong with it; 501 for one with heights.
Result<geo::Bounds> read_bbox(const Json& numbers);
/// InvalidArgument with a sentence.
Result<AskedTime> read_datetime(std::string_view text);

/// Reads the members of a body, or the parameters of a URL as such members, all faults at once.
Result<SearchTerms> read_search(const Json& terms);
/// The parameters of a URL as members of a body: lists by commas, JSON by its text. Unknown ones are left out.
Json members_of_url(const std::function<std::optional<std::string>(std::string_view)>& parameter);

/// Adds conditions under which an item's own time is what was asked for.
void ask_time(catalog::ItemQuery& query, const AskedTime& time);

} // namespace landfall::stac
