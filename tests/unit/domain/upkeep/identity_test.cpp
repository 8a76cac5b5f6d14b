#include "domain/upkeep/identity.hpp"
#include "storage/blob_key.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

class Identity : public testing::DomainTest {
protected:
    Status check() { return check_identity(transactor, *store, clock.now()); }
    Status check(storage::ObjectStore& that) { return check_identity(transactor, that, clock.now()); }
    std::unique_ptr<storage::ObjectStore> other = storage::make_memory_store();
    static void fill(storage::ObjectStore& store) {
        auto writer = store.create(storage::new_blob_key());
        EXPECT_TRUE((*writer)->write(std::vector<std::byte>(7)));
        EXPECT_TRUE((*writer)->finish());
    }
    static std::optional<Code> code(const Status& status) {
        return status ? std::nullopt : std::optional(status.error().code);
    }
};

TEST_F(Identity, ANewCatalogAndANewStoreBelongTogetherFromThenOn) {
    EXPECT_TRUE(check());
    EXPECT_TRUE(check());
    uploaded_item();
    EXPECT_TRUE(check());
    EXPECT_EQ(code(check(*other)), Code::Conflict) << "an empty store in place of the catalog's";
    fill(*other);
    EXPECT_EQ(code(check(*other)), Code::Conflict);
}

TEST_F(Identity, ACatalogFromBeforeThereWereNamesTakesTheStoreOfItsObjects) {
    uploaded_item();
    EXPECT_EQ(code(check(*other)), Code::Conflict) << "none of its objects are there";
    fill(*other);
    EXPECT_EQ(code(check(*other)), Code::Conflict) << "they are others";
    EXPECT_TRUE(check());
}

TEST_F(Identity, AFileOfAnOpenSessionIsKnownAsWell) {
    const auto upload = open_upload(1000);
    send(upload, "a.tif", testing::canned_tiff());
    EXPECT_TRUE(check());
}

TEST_F(Identity, AnEmptiedCatalogIsNotTheStores) {
    fill(*store);
    EXPECT_EQ(code(check()), Code::Conflict);
    EXPECT_TRUE(adopt_store(transactor, *store, clock.now()));
    EXPECT_TRUE(check());
}

TEST_F(Identity, AnotherStoreIsTheCatalogsOnceItIsAdopted) {
    ASSERT_TRUE(check());
    ASSERT_TRUE(adopt_store(transactor, *other, clock.now()));
    EXPECT_TRUE(check(*other));
    EXPECT_EQ(code(check()), Code::Conflict) << "two servers must not have a folder each";
}

TEST_F(Identity, AStoreThatWasNamedBeforeTheCatalogIsTaken) {
    ASSERT_TRUE(adopt_store(transactor, *store, clock.now()));
    ASSERT_TRUE(transactor.run_for([](database::Session& s) { return s.execute("DELETE FROM store_identity", {}); }));
    EXPECT_TRUE(check()) << "killed between the two";
}

} // namespace
} // namespace landfall::domain
