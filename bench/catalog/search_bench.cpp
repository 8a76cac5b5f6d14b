// Search over a catalog of synthetic items: how long the first page of 100 takes, by box, window and sort.
//   search_bench DATABASE_URL ITEMS uniform|clustered [ROUNDS [BOX]]
// DATABASE_URL as in the settings (`sqlite:/path/catalog.db` or libpq). Items are loaded if the database is empty.

#include "catalog/migrations/schema.hpp"
#include "catalog/search/item_search.hpp"
#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

using namespace landfall;
using namespace landfall::catalog;
using Steady = std::chrono::steady_clock;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kYears = 10;
constexpr std::int64_t kYear = 365 * 86400 * kSecond;
constexpr std::int64_t kEpoch = 1'450'000'000 * kSecond;
constexpr int kBatch = 5000;

double milliseconds_since(Steady::time_point start) {
    return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

[[noreturn]] void stop(const Error& error) {
    fmt::print(stderr, "{} | {}\n", error.message, error.cause);
    std::exit(1);
}

/// Footprints of 0.1 to 1 degree, evenly over the globe or in 200 clusters loaded one after another.
class Scenes {
public:
    Scenes(bool clustered, std::int64_t total) : clustered_(clustered), total_(total), random_(11) {
        for (int n = 0; n < 200; ++n)
            centres_.emplace_back(real(-160, 160), real(-60, 60));
    }
    double real(double from, double to) { return std::uniform_real_distribution<double>(from, to)(random_); }

    void fill(ItemRow& row, std::int64_t n) {
        double x = real(-179, 178);
        double y = real(-89, 88);
        if (clustered_) {
            const auto& [cx, cy] = centres_[static_cast<std::size_t>(n * 200 / total_)];
            x = std::clamp(cx + std::normal_distribution<double>(0, 1.5)(random_), -179.0, 178.0);
            y = std::clamp(cy + std::normal_distribution<double>(0, 1.5)(random_), -89.0, 88.0);
        }
        const double size = real(0.1, 1);
        const std::string geometry =
            fmt::format(R"({{"type":"Polygon","coordinates":[[[{0},{1}],[{2},{3}],[{4},{5}],[{6},{7}],[{0},{1}]]]}})",
                        x, y, x + size, y + size / 8, x + size * 0.9, y + size, x - size / 8, y + size * 0.9);
        row.geometry = geometry;
        row.footprint = *geo::footprint_of(*Json::parse(geometry));
        row.bbox = row.footprint.bounds();
        row.datetime = from_micros(kEpoch + static_cast<std::int64_t>(real(0, static_cast<double>(kYears * kYear))));
        row.cloud_cover = real(0, 100);
        row.gsd = real(0.1, 30);
        row.name = fmt::format("scene {:07}", static_cast<int>(real(0, 9'999'999)));
        row.properties = fmt::format(R"({{"platform":"sat-{}","level":{}}})", n % 7, n % 5);
        row.record = fmt::format(R"({{"id":"{}","geometry":{},"properties":{},"padding":"{}"}})", row.id.str(),
                                 geometry, row.properties, std::string(500, 'x'));
        row.document = row.record + std::string(1000, ' ');
    }

private:
    bool clustered_;
    std::int64_t total_;
    std::mt19937_64 random_;
    std::vector<std::pair<double, double>> centres_;
};

void load(Database& db, const ProjectRow& project, Scenes& scenes, std::int64_t total) {
    const auto start = Steady::now();
    for (std::int64_t n = 0; n < total; n += kBatch) {
        std::vector<ItemRow> rows(static_cast<std::size_t>(std::min<std::int64_t>(kBatch, total - n)));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            ItemRow& row = rows[i];
            row.id = ItemId::make();
            row.organization_id = project.organization_id;
            row.project_id = project.id;
            row.stac_id = row.id.str();
            row.type = "user_raster";
            row.created_at = row.updated_at = from_micros(kEpoch + (n + static_cast<std::int64_t>(i)) * 1000);
            scenes.fill(row, n + static_cast<std::int64_t>(i));
        }
        const Status done = db.write([&](Session& s) -> Status {
            for (const ItemRow& row : rows)
                CHECK_OK(insert_item(s, row));
            return {};
        });
        if (!done)
            stop(done.error());
    }
    const double seconds = milliseconds_since(start) / 1000;
    fmt::print("loaded {} items in {:.1f} s, {:.0f} a second\n", total, seconds, static_cast<double>(total) / seconds);
}

struct Case {
    double box;       ///< degrees; 360: no box
    int years;        ///< of the window; 0: none
    const char* sort; ///< empty: newest first
    bool descending;
    const char* filter; ///< "": none, "cloud": cloud_cover < 10
};

ItemQuery make_query(const ProjectRow& project, const Case& c, Scenes& scenes) {
    ItemQuery query;
    query.organization_id = project.organization_id;
    query.projects = std::vector<ProjectId>{project.id};
    if (c.box < 360) {
        const double x = scenes.real(-180, 180 - c.box);
        const double h = std::min(c.box, 170.0);
        const double y = scenes.real(-89, 89 - h);
        query.bbox = geo::Bounds{x, y, x + c.box, y + h};
    }
    if (c.years > 0) {
        const auto from =
            kEpoch + static_cast<std::int64_t>(scenes.real(0, static_cast<double>((kYears - c.years) * kYear) + 1));
        query.datetime = TimeRange{from_micros(from), from_micros(from + c.years * kYear)};
    }
    if (*c.sort != '\0')
        query.sort.push_back({item_field(c.sort), c.descending});
    if (*c.filter != '\0') {
        ItemFilter filter;
        filter.kind = ItemFilter::Kind::Condition;
        filter.condition = {item_field("cloud_cover"), Comparison::Lt, {std::int64_t{10}}};
        query.filters.push_back(filter);
    }
    return query;
}

struct Timing {
    double p50 = 0;
    double p95 = 0;
    double worst = 0;
};
template<typename Work>
Timing time_rounds(int rounds, Work work) {
    std::vector<double> times;
    for (int n = 0; n < rounds; ++n) {
        const auto start = Steady::now();
        work();
        times.push_back(milliseconds_since(start));
    }
    std::ranges::sort(times);
    return {times[times.size() / 2], times[times.size() * 95 / 100], times.back()};
}

void report(Database& db, const ProjectRow& project, const Case& c, Scenes& scenes, int rounds) {
    std::vector<ItemQuery> queries;
    for (int n = 0; n < rounds; ++n)
        queries.push_back(make_query(project, c, scenes));
    SearchCounts counts;
    std::int64_t found = 0;
    std::int64_t matched = 0;
    const auto run = [&] {
        std::size_t next = 0;
        return time_rounds(rounds, [&] {
            const ItemQuery& query = queries[next++];
            auto page = db.read_for([&](Session& s) { return search_items(s, query, counts); });
            if (!page)
                stop(page.error());
            found += std::ssize(page->texts);
            matched += std::max<std::int64_t>(0, page->matched);
        });
    };
    const Timing counting = run();
    const Timing page = run(); // the counts are known
    fmt::print("{:>5} {:>5}  {:<12} {:<5} | {:8.2f} {:8.2f} {:8.2f} | {:10.2f} | {}\n", c.box, c.years,
               *c.sort != '\0' ? fmt::format("{}{}", c.descending ? "-" : "+", c.sort) : "-created", c.filter, page.p50,
               page.p95, page.worst, counting.p50, matched / rounds / 2);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        fmt::print(stderr, "usage: search_bench DATABASE_URL ITEMS uniform|clustered [ROUNDS]\n");
        return 2;
    }
    const std::int64_t total = std::atoll(argv[2]);
    Scenes scenes(std::string_view(argv[3]) == "clustered", total);
    const int rounds = argc > 4 ? std::atoi(argv[4]) : 51;
    auto opened = landfall::catalog::open({.url = argv[1], .readers = 2});
    if (!opened)
        stop(opened.error());
    Database& db = **opened;
    auto organizations = db.read_for([](Session& s) { return list_organizations(s); });
    ProjectRow project;
    if (organizations && !organizations->empty()) {
        project = db.read_for([&](Session& s) {
                        return list_projects(s, organizations->front().id, ArchivedProjects::Show);
                    })->front();
    } else {
        OrganizationRow organization{.id = OrganizationId::make(), .name = "Bench", .slug = "bench"};
        project = {.id = ProjectId::make(), .organization_id = organization.id, .name = "Bench"};
        const Status done = db.write([&](Session& s) -> Status {
            CHECK_OK(insert_organization(s, organization));
            return insert_project(s, project);
        });
        if (!done)
            stop(done.error());
        load(db, project, scenes, total);
    }
    fmt::print("  box years  sort         where | page p50      p95    worst | cold count | matches\n");
    if (argc > 5) {
        for (const char* sort : {"", "datetime", "cloud_cover"})
            report(db, project, {std::atof(argv[5]), 10, sort, true, ""}, scenes, rounds);
        return 0;
    }
    for (const double box : {2.0, 10.0, 60.0, 360.0})
        for (const int years : {1, 10})
            for (const auto& [sort, descending] : std::initializer_list<std::pair<const char*, bool>>{
                     {"", true}, {"datetime", true}, {"cloud_cover", false}, {"name", false}})
                report(db, project, {box, years, sort, descending, ""}, scenes, rounds);
    for (const double box : {2.0, 10.0, 60.0, 360.0})
        report(db, project, {box, 10, "datetime", true, "cloud"}, scenes, rounds);
    report(db, project, {360, 0, "", true, ""}, scenes, rounds);
    return 0;
}
