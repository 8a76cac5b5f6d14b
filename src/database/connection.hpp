#pragma once
/// What both drivers share below Database: one connection that can also run scripts, and rules for parameters.

#include "database/database.hpp"

#include <string_view>
#include <vector>

namespace landfall::database {

/// A Session that owns its connection. Not thread-safe.
class Connection : public Session {
public:
    /// Runs any number of statements without parameters, such as a migration. SQLite sets it no limit of
    /// time, PostgreSQL that of the session.
    virtual Status script(std::string_view sql) = 0;
};

/// The same rule on both engines: text is well-formed UTF-8 without U+0000. InvalidArgument otherwise.
Status check_parameters(const std::vector<Value>& parameters);

/// Unavailable with the sentence that every caller of a busy or lost database reads.
Error unavailable(std::string cause);

/// Unavailable until somebody frees space.
Error disk_full(std::string cause);

/// Conflict for a violated constraint; `cause` names it.
Error violated(std::string cause);

} // namespace landfall::database
