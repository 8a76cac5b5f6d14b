#pragma once
/// What a write says of an item. Contract: swisstopo.md section 10, "Writable members".

#include "catalog/items/item.hpp"
#include "stac/input/members.hpp"

#include <string_view>

namespace landfall::stac {

struct ItemInput {
    std::optional<Json> geometry;
    bool has_properties = false; ///< of a body that changes: the members below say what
    Given<Timestamp> datetime, start_datetime, end_datetime, expires;
    Given<std::string> title;
    Given<Timestamp> reference_datetime;
    Given<std::string> horizon, duration; ///< normalized
    Given<std::string> variable;
    Given<bool> perturbed;
    Given<Json> links;
};

/// Whose id a body has to say, and what else it may hold.
struct ItemTerms {
    std::string_view id; ///< empty: the body says it, as one of many
    Mode mode = Mode::Replace;
    Timestamp now{};
    bool with_assets = false; ///< `assets` is the caller's to read
};
/// Everything that is wrong with the body at once, but for what only the stored item tells.
Result<ItemInput> read_item(const Json& body, const ItemTerms& terms);

/// Lays the input over a row; the times that come out of it must fit together. False if it says what the row says
/// already.
Result<bool> apply(const ItemInput& input, catalog::ItemRow& row, const ItemTerms& terms);

} // namespace landfall::stac
