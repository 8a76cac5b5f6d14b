#include "catalog/items/asset.hpp"
#include "catalog/items/collection.hpp"
#include "catalog/items/item.hpp"
#include "catalog/items/profile.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "unit/catalog/catalog_fixture.hpp"

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class ItemTest : public CatalogTest<E> {
protected:
    CollectionId add_collection(const std::string& name, std::int64_t layer_order) {
        CollectionRow row;
        row.id = CollectionId::make();
        row.organization_id = this->organization_.id;
        row.project_id = this->project_.id;
        row.stac_id = row.name = name;
        row.layer_order = layer_order;
        this->write([&](Session& s) { return insert_collection(s, row); });
        return row.id;
    }
    void add(const ItemRow& row) {
        this->write([&](Session& s) { return insert_item(s, row); });
    }
    std::optional<ItemRow> read(const ItemId& id) {
        return this->got([&](Session& s) { return find_item(s, this->organization_.id, id); });
    }
    bool update(const ItemRow& row) {
        return this->wrote([&](Session& s) { return update_item(s, row); });
    }
    std::int64_t count(const CollectionId& id) {
        return this->got([&](Session& s) { return find_collection(s, this->organization_.id, id); })->item_count;
    }
    ItemTexts list(std::optional<CollectionId> collection, bool uncollected = false) {
        return this->got([&](Session& s) {
            return list_items(s, {this->organization_.id, this->project_.id, collection, uncollected, 2, 0});
        });
    }
};

TYPED_TEST_SUITE(ItemTest, Engines, EngineName);

TYPED_TEST(ItemTest, EveryFieldComesBack) {
    ItemRow row = this->new_item(3);
    row.geometry = R"({"type":"Point","coordinates":[170,1]})";
    row.bbox = geo::Bounds{170, -1, -170, 1};
    row.datetime = at_second(7);
    row.cloud_cover = 12.5;
    row.description = "δ";
    row.properties = R"({"b":1,"a":2})";
    row.upload_id = UploadId::make();
    row.expires_at = at_second(90);
    row.facts = R"({"epsg":4326})";
    this->add(row);
    const ItemRow back = *this->read(row.id);
    EXPECT_EQ(back.geometry, row.geometry);
    EXPECT_EQ(back.bbox, row.bbox);
    EXPECT_EQ(back.datetime, row.datetime);
    EXPECT_EQ(back.cloud_cover, 12.5);
    EXPECT_EQ(back.gsd, std::nullopt);
    EXPECT_EQ(back.description, "δ");
    EXPECT_EQ(back.properties, row.properties);
    EXPECT_EQ(back.upload_id, row.upload_id);
    EXPECT_EQ(back.expires_at, row.expires_at);
    EXPECT_EQ(back.facts, row.facts);
    EXPECT_EQ(back.document, row.document);
    EXPECT_FALSE(this->got([&](Session& s) { return find_item(s, OrganizationId::make(), row.id); }));
}

TYPED_TEST(ItemTest, AnUpdateOfAStaleVersionLoses) {
    ItemRow row = this->new_item(1);
    this->add(row);
    row.name = "new";
    EXPECT_TRUE(this->update(row));
    EXPECT_FALSE(this->update(row));
    EXPECT_EQ(this->read(row.id)->version, 2);
    EXPECT_EQ(this->read(row.id)->name, "new");
}

TYPED_TEST(ItemTest, CountsFollowMovesAndDeletes) {
    const CollectionId first = this->add_collection("first", 1);
    const CollectionId second = this->add_collection("second", 0);
    ItemRow row = this->new_item(1);
    row.collection_id = first;
    this->add(row);
    this->add(this->new_item(2));
    EXPECT_EQ(this->count(first), 1);
    EXPECT_EQ(this->list({}, true).matched, 1);
    row.collection_id = second;
    EXPECT_TRUE(this->update(row));
    EXPECT_EQ(this->count(first), 0);
    EXPECT_EQ(this->list(second).texts, std::vector<std::string>{row.record});
    EXPECT_EQ(this->list({}).matched, 2);
    const auto remove = [&] {
        return this->wrote([&](Session& s) { return delete_item(s, this->organization_.id, row.id, at_second(5)); });
    };
    EXPECT_TRUE(remove());
    EXPECT_FALSE(remove());
    EXPECT_EQ(this->count(second), 0);
    EXPECT_FALSE(this->read(row.id));
    const auto gone = this->got([&](Session& s) { return find_item_even_deleted(s, this->organization_.id, row.id); });
    EXPECT_EQ(gone->lifecycle_state, "deleted");
    EXPECT_TRUE(this->wrote([&](Session& s) { return purge_item(s, this->organization_.id, row.id); }));
    const auto collections =
        this->got([&](Session& s) { return list_collections(s, this->organization_.id, this->project_.id); });
    EXPECT_EQ(collections.front().id, second);
}

TYPED_TEST(ItemTest, StacIdsAreUniqueAmongLiveItemsOfACollection) {
    ItemRow row = this->new_item(1);
    row.stac_id = "scene";
    this->add(row);
    ItemRow twin = this->new_item(2);
    twin.stac_id = "scene";
    EXPECT_EQ(this->db_->write([&](Session& s) { return insert_item(s, twin); }).error().code, Code::Conflict);
    twin.collection_id = this->add_collection("c", 0);
    this->add(twin);
    EXPECT_TRUE(this->read(twin.id));
}

TYPED_TEST(ItemTest, AForeignCollectionIsRefused) {
    ItemRow row = this->new_item(1);
    row.collection_id = CollectionId::make();
    EXPECT_EQ(this->db_->write([&](Session& s) { return insert_item(s, row); }).error().code, Code::NotFound);
}

TYPED_TEST(ItemTest, ListsPageNewestFirst) {
    std::vector<ItemRow> rows;
    for (int n = 0; n < 5; ++n) {
        rows.push_back(this->new_item(n));
        this->add(rows.back());
    }
    EXPECT_EQ(this->list({}).texts, (std::vector<std::string>{rows[4].record, rows[3].record}));
    EXPECT_EQ(this->list({}).matched, 5);
}

TYPED_TEST(ItemTest, AssetsAreFoundByIdOrKeyAndObjectsOutliveTheirLastReference) {
    const ItemRow item = this->new_item(1);
    const ObjectRow object{ObjectId::make(), this->organization_.id, "blob", 9, "m", "s", 1, at_second(1), {}};
    AssetRow asset;
    asset.id = AssetId::make();
    asset.organization_id = this->organization_.id;
    asset.project_id = this->project_.id;
    asset.item_id = item.id;
    asset.key = "data";
    asset.object_id = object.id;
    this->write([&](Session& s) -> Status {
        CHECK_OK(insert_item(s, item));
        CHECK_OK(insert_object(s, object));
        return insert_asset(s, asset);
    });
    const auto find = [&](const std::string& name) {
        return this->got([&](Session& s) { return find_asset(s, this->organization_.id, item.id, name); });
    };
    EXPECT_EQ(find("data")->blob_key, "blob");
    EXPECT_EQ(find(asset.id.str())->key, "data");
    EXPECT_FALSE(find("other"));
    EXPECT_TRUE(this->wrote([&](Session& s) { return acquire_object(s, this->organization_.id, object.id); }));
    const auto release = [&] {
        return this->wrote(
            [&](Session& s) { return release_object(s, this->organization_.id, object.id, at_second(7)); });
    };
    EXPECT_FALSE(release());
    EXPECT_TRUE(release());
    EXPECT_FALSE(this->wrote([&](Session& s) { return acquire_object(s, this->organization_.id, object.id); }));
    const auto released = [&] {
        return this->got([](Session& s) { return list_released_objects(s, at_second(8), 10); }).size();
    };
    EXPECT_EQ(released(), 0U) << "a live asset still shows it";
    EXPECT_TRUE(
        this->wrote([&](Session& s) { return delete_asset(s, this->organization_.id, asset.id, at_second(7)); }));
    EXPECT_FALSE(find("data"));
    EXPECT_EQ(released(), 1U);
    EXPECT_TRUE(this->wrote([&](Session& s) { return purge_object(s, object.id); }));
    EXPECT_FALSE(this->got([](Session& s) { return blob_is_known(s, "blob"); }));
}

TYPED_TEST(ItemTest, TheLatestDefaultProfileIsTheOnlyOne) {
    const ItemRow item = this->new_item(1);
    this->add(item);
    std::vector<ProfileRow> rows(3);
    for (std::size_t n = 0; n < rows.size(); ++n) {
        rows[n].id = ProfileId::make();
        rows[n].organization_id = this->organization_.id;
        rows[n].item_id = item.id;
        rows[n].name = fmt::format("p{}", n);
        rows[n].type = "rgb";
        rows[n].sort_order = static_cast<std::int64_t>(n);
        rows[n].is_default = n != 2;
        this->write([&](Session& s) { return insert_profile(s, rows[n]); });
    }
    const auto chosen = [&] {
        return this->got([&](Session& s) { return find_default_profile(s, this->organization_.id, item.id); })->id;
    };
    EXPECT_EQ(chosen(), rows[1].id);
    EXPECT_EQ(
        this->got([&](Session& s) { return find_profile_by_id_or_name(s, this->organization_.id, item.id, "p1"); })->id,
        rows[1].id);
}

} // namespace
} // namespace landfall::catalog
