#include "catalog/sqlite_functions.hpp"

#include "catalog/footprint.hpp"
#include "catalog/outline.hpp"

#include <sqlite3.h>

namespace landfall::catalog {
namespace {

std::string_view blob_of(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    return bytes == nullptr ? std::string_view{}
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

Bounds bounds_at(sqlite3_value** values) {
    return {sqlite3_value_double(values[0]), sqlite3_value_double(values[1]), sqlite3_value_double(values[2]),
            sqlite3_value_double(values[3])};
}

// footprint_touches(outline, west, south, east, north)
void touches_box(sqlite3_context* context, int, sqlite3_value** values) {
    sqlite3_result_int(context, footprint_touches(blob_of(values[0]), bounds_at(values + 1)));
}

// footprints_touch(outline, west, south, east, north, other): without an outline the item is its box
void touches_other(sqlite3_context* context, int, sqlite3_value** values) {
    const std::string_view other = blob_of(values[5]);
    if (sqlite3_value_type(values[0]) != SQLITE_NULL)
        sqlite3_result_int(context, footprints_touch(blob_of(values[0]), other));
    else
        sqlite3_result_int(context, footprints_touch(outline_of(footprint_of(bounds_at(values + 1))), other));
}

} // namespace

void register_functions(sqlite3* db) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    sqlite3_create_function_v2(db, "footprint_touches", 5, kFlags, nullptr, touches_box, nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(db, "footprints_touch", 6, kFlags, nullptr, touches_other, nullptr, nullptr, nullptr);
}

} // namespace landfall::catalog
