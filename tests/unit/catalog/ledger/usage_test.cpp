#include "catalog/items/asset.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "support/usage_probe.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <atomic>
#include <thread>

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class UsageTest : public CatalogTest<E> {
protected:
    void set_quota(std::optional<std::int64_t> bytes) {
        this->organization_.quota_bytes = bytes;
        this->write([&](Session& s) { return done(update_organization(s, this->organization_)); });
    }
    StorageReservation bytes(std::int64_t count) const {
        return {this->organization_.id, count, "test", "u_1", at_second(100)};
    }
    StorageUsage storage() {
        return this->got([&](Session& s) { return read_storage(s, this->organization_.id); });
    }
    bool adds_up() {
        return this->got([&](Session& s) { return test_support::usage_adds_up(s, this->organization_.id); });
    }
};

TYPED_TEST_SUITE(UsageTest, Engines, EngineName);

TYPED_TEST(UsageTest, SixtyFourThreadsNeverReserveMoreThanTheQuota) {
    this->set_quota(1000);
    std::atomic<int> granted = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < 64; ++n)
        threads.emplace_back([&] {
            const auto won = this->db_->write_for([&](Session& s) { return reserve_storage(s, this->bytes(70)); });
            ASSERT_TRUE(won) << won.error().cause;
            granted += *won;
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(granted, 14);
    EXPECT_EQ(this->storage().reserved, 980);
    EXPECT_TRUE(this->adds_up());
}

TYPED_TEST(UsageTest, ReservationsAndCompletionsTogetherStayWithinTheQuota) {
    this->set_quota(1000);
    std::vector<std::thread> threads;
    for (int n = 0; n < 32; ++n)
        threads.emplace_back([&] {
            const auto won = this->db_->write_for([&](Session& s) { return reserve_storage(s, this->bytes(90)); });
            ASSERT_TRUE(won);
            if (!*won)
                return;
            const auto taken =
                this->db_->write_for([&](Session& s) { return take_storage(s, this->bytes(80), {90, 90}); });
            ASSERT_TRUE(taken && *taken);
        });
    for (std::thread& thread : threads)
        thread.join();
    const StorageUsage usage = this->storage();
    EXPECT_EQ(usage.reserved, 0);
    EXPECT_GT(usage.used, 800);
    EXPECT_LE(usage.used, 1000);
    EXPECT_TRUE(this->adds_up());
}

TYPED_TEST(UsageTest, AFullQuotaRefusesAndANullOneNever) {
    this->set_quota(10);
    EXPECT_FALSE(this->wrote([&](Session& s) { return reserve_storage(s, this->bytes(11)); }));
    EXPECT_TRUE(this->wrote([&](Session& s) { return reserve_storage(s, this->bytes(10)); }));
    EXPECT_EQ(this->storage().available(), 0);
    EXPECT_FALSE(this->wrote([&](Session& s) { return take_storage(s, this->bytes(11), {10, 10}); }));
    EXPECT_TRUE(this->wrote([&](Session& s) { return take_storage(s, this->bytes(10), {10, 10}); }));
    this->set_quota(std::nullopt);
    EXPECT_TRUE(this->wrote([&](Session& s) { return reserve_storage(s, this->bytes(std::int64_t{1} << 60)); }));
    this->write([&](Session& s) { return release_storage(s, this->bytes(std::int64_t{1} << 60)); });
    EXPECT_EQ(this->storage().used, 10);
    EXPECT_EQ(this->storage().reserved, 0);
}

TYPED_TEST(UsageTest, ARecountCountsEachSharedObjectOnceAndNoRenditions) {
    ObjectRow data{ObjectId::make(), this->organization_.id, "blob-a", 100, "m", "s", 2, at_second(1), {}};
    ObjectRow cog{ObjectId::make(), this->organization_.id, "blob-b", 40, "m", "s", 1, at_second(1), {}};
    this->write([&](Session& s) -> Status {
        CHECK_OK(insert_object(s, data));
        CHECK_OK(insert_object(s, cog));
        for (int n = 0; n < 3; ++n) {
            const ItemRow item = this->new_item(n);
            CHECK_OK(insert_item(s, item));
            AssetRow asset;
            asset.id = AssetId::make();
            asset.organization_id = this->organization_.id;
            asset.project_id = this->project_.id;
            asset.item_id = item.id;
            asset.key = "data";
            asset.object_id = n < 2 ? data.id : cog.id;
            asset.is_rendition = n == 2;
            CHECK_OK(insert_asset(s, asset));
        }
        return {};
    });
    EXPECT_EQ(this->wrote([&](Session& s) { return recount_storage(s, this->organization_.id, at_second(5)); }), 100);
    EXPECT_EQ(this->storage().used, 100);
    EXPECT_TRUE(this->adds_up());
}

TYPED_TEST(UsageTest, EntriesSumSinceAnInstant) {
    const auto may = *parse_rfc3339("2026-05-31T23:59:59Z");
    const auto june = *parse_rfc3339("2026-06-01T00:00:00Z");
    this->write([&](Session& s) {
        return add_usage(s, {{this->organization_.id, UsageKind::TileRequests, 3, "tiles", "", may},
                             {this->organization_.id, UsageKind::EgressBytes, 9, "download", "", june},
                             {this->organization_.id, UsageKind::TileRequests, 5, "tiles", "", june}});
    });
    EXPECT_EQ(this->got([&](Session& s) {
        return sum_usage_since(s, this->organization_.id, UsageKind::TileRequests, june);
    }),
              5);
}

} // namespace
} // namespace landfall::catalog
