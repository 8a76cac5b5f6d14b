#pragma once
/// What a STAC document tells of the properties that a user gave an item.

#include "schema/json.hpp"

namespace landfall::domain {

/// The properties without those that would make the document invalid in either version of STAC: a common field, or one
/// of the extensions that we declare, of another form than it has. They stay in the record.
Json told_properties(const Json& given);

} // namespace landfall::domain
