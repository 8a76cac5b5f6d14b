#pragma once
/// From the statements that repositories write to what PostgreSQL reads.

#include <string>
#include <string_view>

namespace landfall::database {

/// A statement with PostgreSQL's placeholders.
struct PostgresSql {
    std::string text;   ///< `$1, $2, …`
    int parameters = 0; ///< the highest number used
};

/// Rewrites `?1` to `$1` outside of string literals, quoted names, dollar quotes and comments. A `?` without digits
/// (an operator of jsonb) stays.
PostgresSql to_postgres(std::string_view sql);

} // namespace landfall::database
