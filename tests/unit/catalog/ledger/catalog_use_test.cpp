#include "catalog/items/asset.hpp"
#include "catalog/ledger/audit.hpp"
#include "catalog/ledger/catalog_use.hpp"
#include "catalog/vocabulary.hpp"
#include "catalog/work/idempotency.hpp"
#include "database/table_rows.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <gmock/gmock.h>

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class CatalogUseTest : public CatalogTest<E> {
protected:
    CatalogUse use() {
        return this->got([&](Session& s) { return read_catalog_use(s, this->organization_.id); });
    }
    void store(ItemRow& row) {
        this->write([&](Session& s) { return update_item(s, row).map([](bool) {}); });
        ++row.version;
    }
    void record_audit(int count) {
        this->write([&](Session& s) -> Status {
            for (int i = 0; i < count; ++i) {
                AuditRow row;
                row.id = AuditId::make();
                row.organization_id = this->organization_.id;
                row.at = at_second(i);
                CHECK_OK(append_audit(s, row));
            }
            return {};
        });
    }
};

TYPED_TEST_SUITE(CatalogUseTest, Engines, EngineName);

TYPED_TEST(CatalogUseTest, FollowsAnItemFromItsMakingToItsPurge) {
    const CatalogUse before = this->use();
    auto item = this->new_item(1);
    item.properties = R"({"a":")" + std::string(10'000, 'x') + "\"}";
    this->write([&](Session& s) { return insert_item(s, item); });
    const CatalogUse made = this->use();
    EXPECT_GE(made.live - before.live, 11'000);
    EXPECT_LE(made.live - before.live, 12'000);
    item.properties.insert(6, 5'000, 'y');
    this->store(item);
    EXPECT_EQ(this->use().live - made.live, 5'000);
    item.description = "ü";
    this->store(item);
    EXPECT_EQ(this->use().live - made.live, 5'002) << "bytes, not characters";
    AssetRow asset;
    asset.id = AssetId::make();
    asset.organization_id = this->organization_.id;
    asset.project_id = this->project_.id;
    asset.item_id = item.id;
    asset.key = "data";
    this->write([&](Session& s) { return insert_asset(s, asset); });
    this->write(
        [&](Session& s) { return delete_asset(s, asset.organization_id, asset.id, at_second(2)).map([](bool) {}); });
    this->write(
        [&](Session& s) { return delete_item(s, item.organization_id, item.id, at_second(2)).map([](bool) {}); });
    const CatalogUse deleted = this->use();
    EXPECT_EQ(deleted.live, before.live);
    EXPECT_GE(deleted.deleted, 16'500);
    EXPECT_EQ(deleted.total - before.total, deleted.deleted);
    this->write([&](Session& s) -> Status {
        CHECK_OK(purge_assets(s, item.organization_id, item.id));
        return purge_item(s, item.organization_id, item.id).map([](bool) {});
    });
    EXPECT_EQ(this->use().total, before.total);
    EXPECT_EQ(this->use().deleted, 0);
}

TYPED_TEST(CatalogUseTest, CountsAnswersAndAuditUntilTheyArePurged) {
    const CatalogUse before = this->use();
    IdempotencyClaim claim{this->organization_.id.str(), "items.create", "key", "hash"};
    claim.expires_at = at_second(10);
    StoredAnswer answer;
    answer.body = std::string(50'000, 'x');
    this->write([&](Session& s) { return keep_idempotent_answer(s, claim, answer); });
    this->record_audit(3);
    const CatalogUse grown = this->use();
    EXPECT_GE(grown.total - before.total, 51'000);
    EXPECT_EQ(grown.live, before.live);
    EXPECT_THAT(this->got([](Session& s) { return list_audit_beyond(s, 500); }),
                testing::ElementsAre(this->organization_.id));
    EXPECT_TRUE(this->got([](Session& s) { return list_audit_beyond(s, 50'000); }).empty());
    this->write([&](Session& s) { return purge_idempotency_keys(s, at_second(20)).map([](std::int64_t) {}); });
    this->write([&](Session& s) { return purge_audit_of(s, this->organization_.id, 2).map([](std::int64_t) {}); });
    this->write([&](Session& s) { return purge_audit(s, at_second(20), 5).map([](std::int64_t) {}); });
    EXPECT_EQ(this->use().total, before.total);
}

} // namespace
} // namespace landfall::catalog
