#pragma once
/// Turns: transactions of several servers that look for something and make it if it is missing, one after another.

#include "database/database.hpp"

#include <string_view>

namespace landfall::database {

/// Waits until no other transaction holds the turn of that name, and holds it to the end of this one. What is read
/// from then on is what earlier holders committed. Unavailable if it does not come within ten seconds.
Status take_turn(Session& session, std::string_view name);

} // namespace landfall::database
