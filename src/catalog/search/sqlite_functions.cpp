#include "catalog/search/sqlite_functions.hpp"

#include "catalog/items/place.hpp"
#include "catalog/search/like.hpp"
#include "core/fold.hpp"
#include "geo/footprint.hpp"
#include "geo/outline.hpp"

#include <sqlite3.h>

namespace landfall::catalog {
namespace {

std::string_view blob_of(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    return bytes == nullptr ? std::string_view{}
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

std::string_view text_of(sqlite3_value* value) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return bytes == nullptr ? std::string_view{}
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

geo::Bounds bounds_at(sqlite3_value** values) {
    return {sqlite3_value_double(values[0]), sqlite3_value_double(values[1]), sqlite3_value_double(values[2]),
            sqlite3_value_double(values[3])};
}

// geo::footprint_touches(outline, west, south, east, north)
void touches_box(sqlite3_context* context, int, sqlite3_value** values) {
    sqlite3_result_int(context, geo::footprint_touches(blob_of(values[0]), bounds_at(values + 1)));
}

// geo::footprints_touch(outline, west, south, east, north, other): without an outline the item is its box
void touches_other(sqlite3_context* context, int, sqlite3_value** values) {
    const std::string_view other = blob_of(values[5]);
    if (sqlite3_value_type(values[0]) != SQLITE_NULL)
        sqlite3_result_int(context, geo::footprints_touch(blob_of(values[0]), other));
    else
        sqlite3_result_int(context,
                           geo::footprints_touch(geo::outline_of(geo::footprint_of(bounds_at(values + 1))), other));
}

// place_meets(item, asked, since): an item that is nowhere meets nothing
void meets_place(sqlite3_context* context, int, sqlite3_value** values) {
    sqlite3_result_int(context, sqlite3_value_type(values[0]) != SQLITE_NULL &&
                                    place_meets(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]),
                                                sqlite3_value_int64(values[2])));
}

// text_like(text, pattern): as PostgreSQL's LIKE, which SQLite's is not: letters have a case
void matches_like(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL)
        return;
    sqlite3_result_int(context, is_like(text_of(values[0]), text_of(values[1])));
}

// folded_text(text): without the case of its letters
void fold_text(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    const std::string folded = fold_case(text_of(values[0]));
    sqlite3_result_text(context, folded.data(), static_cast<int>(folded.size()), SQLITE_TRANSIENT);
}

/// What the scan at hand has used up; a connection runs one scan at a time.
struct Scan {
    bool past = false;
};

// scan_budget(row, most): false for the first `most` rows of a run of the statement, true from then on. Rows past the
// budget are let through, so that the LIMIT ends the scan; scan_past tells them apart.
void count_rows(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_get_auxdata(context, 1) == nullptr) {
        auto counter = std::make_unique<sqlite3_int64>(0);
        sqlite3_set_auxdata(context, 1, counter.release(), [](void* counted) {
            std::default_delete<sqlite3_int64>()(static_cast<sqlite3_int64*>(counted));
        });
    }
    auto* seen = static_cast<sqlite3_int64*>(sqlite3_get_auxdata(context, 1));
    auto* scan = static_cast<Scan*>(sqlite3_user_data(context));
    scan->past = seen == nullptr || ++*seen > sqlite3_value_int64(values[1]);
    sqlite3_result_int(context, scan->past);
}

// scan_past(row): whether the row at hand lies past the budget
void tell_past(sqlite3_context* context, int, sqlite3_value**) {
    sqlite3_result_int(context, static_cast<const Scan*>(sqlite3_user_data(context))->past);
}

} // namespace

void register_functions(sqlite3* db) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    sqlite3_create_function_v2(db, "footprint_touches", 5, kFlags, nullptr, touches_box, nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(db, "footprints_touch", 6, kFlags, nullptr, touches_other, nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(db, "place_meets", 3, kFlags, nullptr, meets_place, nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(db, "text_like", 2, kFlags, nullptr, matches_like, nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(db, "folded_text", 1, kFlags, nullptr, fold_text, nullptr, nullptr, nullptr);
    // Not deterministic: they must run for each row. The first owns what both share, until the connection closes.
    constexpr int kCounting = SQLITE_UTF8 | SQLITE_INNOCUOUS;
    Scan* scan = std::make_unique<Scan>().release();
    sqlite3_create_function_v2(db, "scan_budget", 2, kCounting, scan, count_rows, nullptr, nullptr,
                               [](void* owned) { std::default_delete<Scan>()(static_cast<Scan*>(owned)); });
    sqlite3_create_function_v2(db, "scan_past", 1, kCounting, scan, tell_past, nullptr, nullptr, nullptr);
}

} // namespace landfall::catalog
