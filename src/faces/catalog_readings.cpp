#include "faces/catalog_readings.hpp"

#include <algorithm>
#include <utility>

namespace landfall::faces {
namespace {

constexpr std::chrono::seconds kHolds{10};
constexpr std::int64_t kOrganizations = 100; ///< as many series at most

constexpr std::string_view kSizeSqlite =
    "SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s";
constexpr std::string_view kSizePostgres = "SELECT pg_database_size(current_database())";

} // namespace

Status CatalogReadings::read(Values& values) const {
    return database_.read([&](database::Session& session) -> Status {
        TRY(const auto size, session.first(session.pick(kSizeSqlite, kSizePostgres),
                                           [](const database::Row& row) { return row.integer(0); }));
        values.size = size.value_or(0);
        TRY(values.queued, catalog::count_queued_jobs(session));
        TRY(values.fullest, catalog::list_fullest(session, kOrganizations));
        return {};
    });
}

CatalogReadings::Values CatalogReadings::now() {
    const Lock lock(mutex_);
    const auto began = std::chrono::steady_clock::now();
    if (last_ && began - *last_ < kHolds)
        return values_;
    last_ = began;
    Values values;
    values_.is_up = read(values).has_value();
    if (!values_.is_up)
        return values_;
    values.is_up = true;
    for (const auto& queued : values.queued)
        values.oldest_seconds =
            std::max(values.oldest_seconds, std::chrono::duration<double>(clock_.now() - queued.due).count());
    values_ = std::move(values);
    return values_;
}

} // namespace landfall::faces
