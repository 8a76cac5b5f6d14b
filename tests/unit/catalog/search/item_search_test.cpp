#include "catalog/items/collection.hpp"
#include "catalog/search/item_search.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "geo/outline.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <random>

namespace landfall::catalog {
namespace {

using namespace test_support;

/// What the naive filter knows of an item.
struct Known {
    ItemRow row;
    Json properties;
};

std::string polygon_text(const std::vector<std::pair<double, double>>& ring) {
    std::string out = R"({"type":"Polygon","coordinates":[[)";
    for (const auto& [x, y] : ring)
        out += fmt::format("[{},{}],", x, y);
    return out + fmt::format("[{},{}]]]}}", ring.front().first, ring.front().second);
}

class RandomItems {
public:
    enum class Creation { Shuffled, InOrder };
    RandomItems(unsigned seed, Creation creation) : creation_(creation), random_(seed) {}
    double real(double from, double to) { return std::uniform_real_distribution<double>(from, to)(random_); }
    int whole(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
    bool chance(double share) { return real(0, 1) < share; }

    Known fill(ItemRow row) {
        place(row);
        when(row);
        if (creation_ == Creation::Shuffled)
            row.created_at = at_second(whole(0, 200));
        row.updated_at = row.created_at;
        row.name = fmt::format("{}{}", "abc"[whole(0, 2)], whole(0, 30));
        row.type = chance(0.5) ? "user_raster" : "clip";
        if (chance(0.7))
            row.cloud_cover = whole(0, 100);
        if (chance(0.5))
            row.gsd = whole(1, 8) / 2.0;
        Json properties = Json::object();
        if (chance(0.6))
            properties.set("level", chance(0.8) ? Json(whole(0, 5)) : Json("high"));
        if (chance(0.3))
            properties.set("ok", chance(0.5));
        row.properties = properties.dump();
        return {std::move(row), std::move(properties)};
    }

private:
    void place(ItemRow& row) {
        if (chance(0.1))
            return;
        const double x = real(-185, 170);
        const double y = real(-80, 70);
        const double w = real(0.1, 20);
        const double h = real(0.1, 15);
        std::string text = polygon_text({{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}});
        if (chance(0.5))
            text = polygon_text({{x, y}, {x + w, y + h / 4}, {x + w / 2, y + h}});
        row.geometry = text;
        row.footprint = *geo::footprint_of(*Json::parse(text));
        row.bbox = row.footprint.bounds();
    }
    void when(ItemRow& row) {
        if (chance(0.1))
            return;
        const Timestamp t = at_second(whole(0, 86400 * 400));
        if (chance(0.8)) {
            row.datetime = t;
        } else {
            row.start_datetime = t;
            row.end_datetime = t + std::chrono::hours(whole(0, 24 * 40));
        }
    }
    Creation creation_;
    std::mt19937 random_;
};

bool touches(const ItemRow& row, const geo::Bounds& box) {
    const std::string outline = geo::outline_of(row.footprint);
    return row.footprint.shape != geo::Footprint::Shape::None &&
           std::ranges::any_of(geo::with_both_meridians(geo::split_bounds(box)),
                               [&](const geo::Bounds& b) { return geo::footprint_touches(outline, b); });
}

std::optional<Timestamp> start_of(const ItemRow& row) {
    return row.datetime.value_or(row.start_datetime.value_or(row.created_at));
}

bool overlaps(const ItemRow& row, const TimeRange& range) {
    const auto start = start_of(row);
    const Timestamp end = row.datetime.value_or(row.end_datetime.value_or(row.created_at));
    return start && (!range.end || *start <= *range.end) && (!range.start || end >= *range.start);
}

bool holds(const Known& item, const ItemCondition& c) {
    const double wanted = static_cast<double>(std::get<std::int64_t>(c.values[0]));
    std::optional<double> value;
    if (c.field.column == "cloud_cover")
        value = item.row.cloud_cover;
    else if (item.properties["level"].is_number())
        value = item.properties["level"].as_number();
    if (c.comparison == Comparison::Neq)
        return c.field.column == "cloud_cover" ? value && *value != wanted
                                               : !item.properties["level"].is_null() && value != wanted;
    if (!value)
        return false;
    return c.comparison == Comparison::Lt ? *value < wanted
                                          : (c.comparison == Comparison::Gte ? *value >= wanted : *value == wanted);
}

bool matches(const Known& item, const ItemQuery& q) {
    if (q.bbox && !touches(item.row, *q.bbox))
        return false;
    if (q.intersects && !(item.row.footprint.shape != geo::Footprint::Shape::None &&
                          geo::footprints_touch(geo::outline_of(item.row.footprint), geo::outline_of(*q.intersects))))
        return false;
    if (q.datetime && !overlaps(item.row, *q.datetime))
        return false;
    if (q.types && std::ranges::find(*q.types, item.row.type) == q.types->end())
        return false;
    if (q.uncollected && item.row.collection_id)
        return false;
    if (q.collections &&
        (!item.row.collection_id || std::ranges::find(*q.collections, *item.row.collection_id) == q.collections->end()))
        return false;
    return std::ranges::all_of(q.filters, [&](const ItemFilter& f) { return holds(item, f.condition); });
}

/// Absent values last in either direction.
template<typename T>
int compare(const std::optional<T>& a, const std::optional<T>& b, bool descending) {
    if (!a || !b)
        return (a ? 0 : 1) - (b ? 0 : 1);
    const int order = *a < *b ? -1 : (*b < *a ? 1 : 0);
    return descending ? -order : order;
}

int compare_by(const ItemSort& s, const ItemRow& a, const ItemRow& b) {
    const auto some = [](const auto& v) { return std::optional(v); };
    if (s.field.column == "cloud_cover")
        return compare(a.cloud_cover, b.cloud_cover, s.descending);
    if (s.field.column == "gsd")
        return compare(a.gsd, b.gsd, s.descending);
    if (s.field.column == "datetime")
        return compare(start_of(a), start_of(b), s.descending);
    if (s.field.column == "name")
        return compare(some(a.name), some(b.name), s.descending);
    if (s.field.column == "type")
        return compare(some(a.type), some(b.type), s.descending);
    return compare(some(a.created_at), some(b.created_at), s.descending);
}

std::vector<std::string> naive(const std::vector<Known>& items, const ItemQuery& q) {
    std::vector<const Known*> found;
    for (const Known& item : items)
        if (matches(item, q))
            found.push_back(&item);
    const ItemSort usual{{"created_at", {}}, true};
    const ItemSort& sort = q.sort.empty() ? usual : q.sort.front();
    std::ranges::sort(found, [&](const Known* a, const Known* b) {
        const int order = compare_by(sort, a->row, b->row);
        if (order != 0)
            return order < 0;
        return sort.descending ? a->row.id > b->row.id : a->row.id < b->row.id;
    });
    std::vector<std::string> records;
    for (const Known* item : found)
        records.push_back(item->row.record);
    return records;
}

ItemFilter condition(ItemField field, Comparison comparison, FilterValue value) {
    ItemFilter filter;
    filter.kind = ItemFilter::Kind::Condition;
    filter.condition = {std::move(field), comparison, {std::move(value)}};
    return filter;
}

ItemQuery random_query(RandomItems& random, ItemQuery q, const std::vector<CollectionId>& collections) {
    if (random.chance(0.6)) {
        const double w = random.real(-180, 180);
        const double s = random.real(-90, 80);
        const double size = random.chance(0.5) ? 5 : 90;
        double e = w + random.real(0, size);
        if (e > 180)
            e -= 360;
        q.bbox = geo::Bounds{w, s, e, std::min(90.0, s + random.real(0, size))};
    } else if (random.chance(0.3)) {
        const double x = random.real(-180, 160);
        const double y = random.real(-80, 60);
        q.intersects = *geo::footprint_of(*Json::parse(polygon_text({{x, y}, {x + 25, y + 3}, {x + 8, y + 20}})));
    }
    if (random.chance(0.5)) {
        const Timestamp from = at_second(random.whole(0, 86400 * 400));
        q.datetime = TimeRange{from, from + std::chrono::hours(24 * random.whole(0, 200))};
        if (random.chance(0.2))
            q.datetime->end.reset();
    }
    if (random.chance(0.2))
        q.types = std::vector<std::string>{"clip"};
    if (random.chance(0.2))
        q.uncollected = true;
    else if (random.chance(0.3))
        q.collections = std::vector<CollectionId>{collections[static_cast<std::size_t>(random.whole(0, 1))]};
    const auto comparison = std::array{Comparison::Lt, Comparison::Gte, Comparison::Eq,
                                       Comparison::Neq}[static_cast<std::size_t>(random.whole(0, 3))];
    if (random.chance(0.3))
        q.filters.push_back(condition({"cloud_cover", {}}, comparison, std::int64_t{random.whole(0, 100)}));
    if (random.chance(0.2))
        q.filters.push_back(condition(item_field("level"), comparison, std::int64_t{random.whole(0, 5)}));
    constexpr std::array kSorts{"created_at", "datetime", "cloud_cover", "gsd", "name", "type"};
    if (random.chance(0.7))
        q.sort.push_back({{kSorts[static_cast<std::size_t>(random.whole(0, 5))], {}}, random.chance(0.5)});
    return q;
}

template<typename E>
class ItemSearchTest : public CatalogTest<E> {
protected:
    std::vector<Known> fill(RandomItems& random, int count) {
        std::vector<Known> items;
        this->write([&](Session& s) -> Status {
            items.clear();
            for (const CollectionId& id : collections_) {
                CollectionRow row;
                row.id = id;
                row.organization_id = this->organization_.id;
                row.project_id = this->project_.id;
                row.stac_id = row.name = id.str();
                CHECK_OK(insert_collection(s, row));
            }
            ProjectRow second = this->project_;
            second.id = second_project_;
            CHECK_OK(insert_project(s, second));
            for (int n = 0; n < count; ++n) {
                ItemRow row = this->new_item(n);
                if (random.chance(0.3))
                    row.project_id = second_project_;
                else if (random.chance(0.6))
                    row.collection_id = collections_[static_cast<std::size_t>(random.whole(0, 1))];
                items.push_back(random.fill(std::move(row)));
                CHECK_OK(insert_item(s, items.back().row));
            }
            return {};
        });
        return items;
    }
    ItemQuery everything() const {
        ItemQuery q;
        q.organization_id = this->organization_.id;
        q.limit = 1000;
        return q;
    }
    ItemTexts search(const ItemQuery& q) {
        return this->got([&](Session& s) { return search_items(s, q, counts_); });
    }

    void agree(RandomItems random) {
        const auto items = this->fill(random, 700);
        for (int round = 0; round < 400; ++round) {
            ItemQuery q = random_query(random, this->everything(), this->collections_);
            std::vector<Known> seen = items;
            if (random.chance(0.5)) {
                q.projects = std::vector<ProjectId>{this->project_.id};
                std::erase_if(seen, [&](const Known& k) { return k.row.project_id != this->project_.id; });
            }
            const auto expected = naive(seen, q);
            q.limit = random.chance(0.5) ? 10 : 1000;
            q.offset = random.chance(0.3) ? 5 : 0;
            const ItemTexts page = this->search(q);
            EXPECT_EQ(page.matched, std::ssize(expected)) << "round " << round;
            std::vector<std::string> window;
            for (auto i = static_cast<std::size_t>(q.offset); i < expected.size() && std::ssize(window) < q.limit; ++i)
                window.push_back(expected[i]);
            ASSERT_EQ(page.texts, window) << "round " << round;
        }
    }

    std::vector<CollectionId> collections_{CollectionId::make(), CollectionId::make()};
    ProjectId second_project_ = ProjectId::make();
    SearchCounts counts_;
};

TYPED_TEST_SUITE(ItemSearchTest, Engines, EngineName);

TYPED_TEST(ItemSearchTest, AgreesWithANaiveFilterOnRandomItemsAndQueries) {
    this->agree(RandomItems(7, RandomItems::Creation::Shuffled));
}

TYPED_TEST(ItemSearchTest, AgreesWithANaiveFilterWhenItemsAreCreatedInOrder) {
    this->agree(RandomItems(8, RandomItems::Creation::InOrder));
}

TYPED_TEST(ItemSearchTest, AnItemAcrossTheAntimeridianIsFoundOnceFromBothSides) {
    ItemRow row = this->new_item(1);
    row.footprint = *geo::footprint_of(*Json::parse(polygon_text({{175, 0}, {190, 0}, {190, 10}, {175, 10}})));
    ASSERT_EQ(row.footprint.boxes.size(), 2U);
    EXPECT_EQ(row.footprint.bounds(), (geo::Bounds{175, 0, -170, 10}));
    this->write([&](Session& s) { return insert_item(s, row); });
    for (const geo::Bounds& box : {geo::Bounds{170, 2, 179, 3}, geo::Bounds{-179, 2, -175, 3},
                                   geo::Bounds{170, 2, -160, 3}, geo::Bounds{-180, -90, 180, 90}}) {
        ItemQuery q = this->everything();
        q.bbox = box;
        const ItemTexts page = this->search(q);
        EXPECT_EQ(page.matched, 1);
        EXPECT_EQ(page.texts.size(), 1U);
    }
    ItemQuery q = this->everything();
    q.bbox = geo::Bounds{-160, 2, 170, 3};
    EXPECT_EQ(this->search(q).matched, 0);
}

TYPED_TEST(ItemSearchTest, TheAntimeridianIsOneLineFromBothSidesAndBoxesThatTouchMatch) {
    const auto add = [&](int number, const std::string& geometry) {
        ItemRow row = this->new_item(number);
        row.footprint = *geo::footprint_of(*Json::parse(geometry));
        this->write([&](Session& s) { return insert_item(s, row); });
    };
    add(1, polygon_text({{170, 0}, {180, 0}, {180, 10}, {170, 10}}));     // a box west of it
    add(2, polygon_text({{-180, 0}, {-170, 0}, {-170, 10}, {-180, 10}})); // and east
    add(3, polygon_text({{170, 0}, {180, 5}, {170, 10}}));                // triangles
    add(4, polygon_text({{-170, 0}, {-180, 5}, {-170, 10}}));
    add(5, R"({"type":"Point","coordinates":[180,5]})");
    add(6, R"({"type":"Point","coordinates":[-180,5]})");
    add(7, polygon_text({{0, 0}, {10, 0}, {10, 10}, {0, 10}}));
    struct Case {
        geo::Bounds box;
        std::int64_t matched;
    };
    for (const auto& [box, matched] :
         {Case{{175, 4, 180, 6}, 6}, Case{{-180, 4, -175, 6}, 6}, Case{{180, 5, 180, 5}, 6},
          Case{{-180, 5, -180, 5}, 6}, Case{{175, 4, -175, 6}, 6}, Case{{180, 4, -180, 6}, 6},
          Case{{175, 0, 180, 1}, 2}, Case{{-180, 10, -179, 20}, 2}, Case{{170, 4, 179, 6}, 2},
          Case{{10, 10, 20, 20}, 1}, Case{{10, 3, 10, 4}, 1}, Case{{-20, 0, 0, 0}, 1}, Case{{-180, -90, 180, 90}, 7}}) {
        ItemQuery q = this->everything();
        q.bbox = box;
        EXPECT_EQ(this->search(q).matched, matched) << box.west << " " << box.south << " " << box.east;
        if (box.west >= box.east || box.south == box.north)
            continue;
        ItemQuery shaped = this->everything();
        shaped.intersects = *geo::footprint_of(*Json::parse(polygon_text(
            {{box.west, box.south}, {box.east, box.south}, {box.east, box.north}, {box.west, box.north}})));
        EXPECT_EQ(this->search(shaped).matched, matched) << "as a polygon: " << box.west << " " << box.south;
    }
}

TYPED_TEST(ItemSearchTest, AWarmCountFollowsEveryWrite) {
    ItemQuery q = this->everything();
    q.types = std::vector<std::string>{"user_raster"};
    EXPECT_EQ(this->search(q).matched, 0);
    ItemRow row = this->new_item(1);
    this->write([&](Session& s) { return insert_item(s, row); });
    EXPECT_EQ(this->search(q).matched, 1);
    row.type = "clip";
    this->write([&](Session& s) { return done(update_item(s, row)); });
    EXPECT_EQ(this->search(q).matched, 0);
}

TYPED_TEST(ItemSearchTest, AnotherOrganizationSeesNothing) {
    this->write([&](Session& s) { return insert_item(s, this->new_item(1)); });
    ItemQuery q = this->everything();
    q.organization_id = OrganizationId::make();
    q.projects = std::vector<ProjectId>{this->project_.id};
    EXPECT_EQ(this->search(q).matched, 0);
    q.projects.reset();
    EXPECT_EQ(this->search(q).matched, 0);
}

TYPED_TEST(ItemSearchTest, TextOperatorsAndNamesWithDotsAndColonsWork) {
    ItemRow row = this->new_item(1);
    row.properties = R"({"eo:band":"B04_red","a.b":"x","flag":true,"deep":{"n":5},"list":[1]})";
    this->write([&](Session& s) { return insert_item(s, row); });
    const auto count = [&](ItemFilter filter) {
        ItemQuery q = this->everything();
        q.filters.push_back(std::move(filter));
        return this->search(q).matched;
    };
    EXPECT_EQ(count(condition(item_field("eo:band"), Comparison::StartsWith, std::string("B04"))), 1);
    EXPECT_EQ(count(condition(item_field("eo:band"), Comparison::EndsWith, std::string("red"))), 1);
    EXPECT_EQ(count(condition(item_field("eo:band"), Comparison::EndsWith, std::string("xxB04_red"))), 0);
    EXPECT_EQ(count(condition(item_field("eo:band"), Comparison::Contains, std::string("4_"))), 1);
    EXPECT_EQ(count(condition(item_field("eo:band"), Comparison::Contains, std::string("b04"))), 0);
    EXPECT_EQ(count(condition(item_field("properties.a.b"), Comparison::Eq, std::string("x"))), 1);
    EXPECT_EQ(count(condition(item_field("flag"), Comparison::Eq, true)), 1);
    EXPECT_EQ(count(condition(item_field("flag"), Comparison::Neq, true)), 0);
    EXPECT_EQ(count(condition(item_field("flag"), Comparison::Eq, std::int64_t{1})), 0);
    EXPECT_EQ(count(condition({"", {"deep", "n"}}, Comparison::Gt, 4.5)), 1);
    EXPECT_EQ(count(condition(item_field("list"), Comparison::Eq, std::int64_t{1})), 0);
    EXPECT_EQ(count(condition(item_field("absent"), Comparison::Neq, std::int64_t{1})), 0);
    EXPECT_EQ(count(condition(item_field("absent"), Comparison::IsNull, std::monostate{})), 1);
    EXPECT_EQ(count(condition(item_field("quo\"te'"), Comparison::Eq, std::string("x"))), 0);
    EXPECT_EQ(count(condition(item_field("name"), Comparison::Eq, std::int64_t{1})), 0);
    ItemFilter negation;
    negation.kind = ItemFilter::Kind::Not;
    negation.parts.push_back(condition(item_field("absent"), Comparison::Eq, std::int64_t{1}));
    EXPECT_EQ(count(negation), 1);
}

TYPED_TEST(ItemSearchTest, SortsByAPropertyNumbersFirstThenTextThenAbsent) {
    std::vector<std::string> values{R"({"v":10})", R"({"v":9})", R"({"v":"b"})", R"({})", R"({"v":"a"})"};
    this->write([&](Session& s) -> Status {
        for (std::size_t n = 0; n < values.size(); ++n) {
            ItemRow row = this->new_item(static_cast<std::int64_t>(n));
            row.properties = row.record = values[n];
            CHECK_OK(insert_item(s, row));
        }
        return {};
    });
    ItemQuery q = this->everything();
    q.sort = {{item_field("properties.v"), false}};
    EXPECT_EQ(this->search(q).texts, (std::vector<std::string>{values[1], values[0], values[4], values[2], values[3]}));
    q.sort[0].descending = true;
    EXPECT_EQ(this->search(q).texts, (std::vector<std::string>{values[0], values[1], values[2], values[4], values[3]}));
}

TYPED_TEST(ItemSearchTest, IdsAndStacIdsNarrowTheSearch) {
    std::vector<ItemRow> rows{this->new_item(1), this->new_item(2), this->new_item(3)};
    rows[1].stac_id = "scene";
    this->write([&](Session& s) -> Status {
        for (const ItemRow& row : rows)
            CHECK_OK(insert_item(s, row));
        return {};
    });
    ItemQuery q = this->everything();
    q.ids = std::vector<ItemId>{rows[0].id, rows[2].id, rows[0].id};
    EXPECT_EQ(this->search(q).texts, (std::vector<std::string>{rows[2].record, rows[0].record}));
    q.ids.reset();
    q.stac_ids = std::vector<std::string>{"scene", "other"};
    EXPECT_EQ(this->search(q).texts, (std::vector<std::string>{rows[1].record}));
    q.stac_ids = std::vector<std::string>{};
    EXPECT_EQ(this->search(q).matched, 0);
}

} // namespace
} // namespace landfall::catalog
