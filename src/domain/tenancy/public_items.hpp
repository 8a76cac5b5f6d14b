#pragma once
/// Items that anybody may look at: those of public projects. What that means is the faces' to say; it never means an
/// operation. Design: section 2.

#include "auth/principal.hpp"
#include "domain/context.hpp"

#include <optional>

namespace landfall::domain {

/// Nobody, who may read that item and nothing else; nothing unless it lies in a public project.
Result<std::optional<auth::Principal>> public_reader(const Services& services, const ItemId& item);

} // namespace landfall::domain
