#include "domain/items/collections.hpp"
#include "domain/items/items.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using testing::code_of;

class Collections : public testing::DomainTest {
protected:
    CollectionId new_collection() {
        NewCollection wanted;
        wanted.project_id = project;
        wanted.name = "all";
        return as(key, [&](Context& cx) { return create_collection(cx, wanted); })->id;
    }
    std::optional<Code> remove(const auth::Principal& who, const CollectionId& id) {
        return code_of(as(who, [&](Context& cx) -> Result<bool> {
            CHECK_OK(delete_collection(cx, project, id));
            return true;
        }));
    }
};

TEST_F(Collections, AreDeletedByAdminsOfTheProjectOnly) {
    const CollectionId id = new_collection();
    EXPECT_EQ(remove(new_user({}, auth::ProjectRole::Editor), id), Code::PermissionDenied);
    EXPECT_EQ(remove(new_user({}, auth::ProjectRole::Admin), id), std::nullopt);
    EXPECT_EQ(remove(key, id), Code::NotFound);
}

TEST_F(Collections, OfAnArchivedProjectAreKept) {
    const CollectionId id = new_collection();
    archive_project();
    EXPECT_EQ(remove(key, id), Code::Conflict);
}

TEST_F(Collections, ThatAreDeletedLetGoOfEveryItemHoweverMany) {
    constexpr std::int64_t kItems = 405;
    const CollectionId id = new_collection();
    NewItem wanted;
    wanted.project_id = project;
    wanted.collection_id = id;
    wanted.type = "external_reference";
    wanted.name = "one";
    wanted.bbox = {8, 47, 9, 48};
    const auto made = as(key, [&](Context& cx) -> Result<bool> {
        for (std::int64_t n = 0; n < kItems; ++n)
            CHECK_OK(create_item(cx, wanted));
        return true;
    });
    ASSERT_TRUE(made);
    EXPECT_EQ(remove(key, id), std::nullopt);
    catalog::ItemList list{.organization_id = organization, .project_id = project, .uncollected = true, .limit = 1};
    const auto left = got([&](database::Session& s) { return catalog::list_items(s, list); });
    EXPECT_EQ(left.matched, kItems);
    EXPECT_NE(left.texts.at(0).find(R"("collection_id":null)"), std::string::npos);
    EXPECT_EQ(figure("SELECT count(*) FROM item_key WHERE collection_no <> 0"), 0);
    EXPECT_EQ(figure("SELECT count(*) FROM item_box"), kItems);
    EXPECT_EQ(figure("SELECT sum(items) FROM item_tally WHERE collection_no <> 0"), 0);
}

} // namespace
} // namespace landfall::domain
