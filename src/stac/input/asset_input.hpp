#pragma once
/// What a write says of an asset. Contract: swisstopo.md sections 12 and 13.

#include "catalog/items/asset.hpp"
#include "stac/input/members.hpp"

#include <string_view>

namespace landfall::stac {

struct AssetInput {
    std::string id;
    Given<std::string> type; ///< normalized
    Given<std::string> title;
    Given<std::string> description;
    Given<std::vector<std::string>> roles;
    Given<std::int64_t> epsg;
    Given<double> gsd;
    Given<std::string> language;
    Given<std::string> variant;
    Given<std::string> href; ///< where it may lie elsewhere
};

/// What a body may hold.
struct AssetTerms {
    std::string_view id; ///< that it must have; empty in the body: this one
    Mode mode = Mode::Replace;
    bool of_item = true; ///< else of a collection
    bool may_be_external = false;
    std::string_view checksum; ///< the dialect's name of a member that is read-only
    std::string_view gsd;      ///< and of this one
    bool says_id = true;       ///< the body must; not as one of many, by its name
};
/// Everything that is wrong with the body at once. Whether `href` may be one is the caller's to ask.
Result<AssetInput> read_asset(const Json& body, const AssetTerms& terms);

/// Refuses another type than the asset has, and one that does not fit its id.
Status check_type(const AssetInput& input, const catalog::AssetRow* known);

/// Lays the input over a row. False if it says what the row says already.
bool apply(const AssetInput& input, catalog::AssetRow& row, const AssetTerms& terms);

} // namespace landfall::stac
