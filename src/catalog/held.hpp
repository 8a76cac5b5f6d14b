#pragma once
/// What becomes of rows that another transaction holds, where one locks many.

namespace landfall::catalog {

/// SQLite has one writer, so that there is never such a row.
enum class Held {
    Skipped, ///< left out: several that work off one list do not stand in each other's way
    Awaited, ///< waited for, and taken if they still are what was asked for
};

} // namespace landfall::catalog
