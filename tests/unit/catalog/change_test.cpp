#include "catalog/change.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <gmock/gmock.h>
#include <set>

namespace landfall::catalog {
namespace {

using namespace test_support;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const OrganizationId kA = OrganizationId::make(), kB = OrganizationId::make();

template<typename T>
class ChangesTest : public CatalogTest<T> {
protected:
    void note(const OrganizationId& organization) {
        this->write([&](Session& s) { return note_change(s, organization); });
    }
    std::vector<OrganizationId> news() {
        return this->got([&](Session& s) { return read_changes(s, mark_); });
    }
    std::optional<ChangeMark> mark_;
};
TYPED_TEST_SUITE(ChangesTest, Engines, EngineName);

TYPED_TEST(ChangesTest, AreReadOnceByEachWhoHasAMark) {
    this->note(kA);
    EXPECT_THAT(this->news(), IsEmpty()) << "what was before the first look is no news";
    ASSERT_TRUE(this->mark_);
    EXPECT_THAT(this->news(), IsEmpty());
    this->note(kB);
    const auto earlier = this->mark_;
    EXPECT_THAT(this->news(), ElementsAre(kB));
    EXPECT_THAT(this->news(), IsEmpty());
    this->mark_ = earlier;
    EXPECT_THAT(this->news(), ElementsAre(kB));
}

TYPED_TEST(ChangesTest, OfATransactionThatWasRolledBackAreNone) {
    (void)this->news();
    (void)this->db_->write([&](Session& s) -> Status {
        CHECK_OK(note_change(s, kA));
        return fail(Code::Conflict, "no");
    });
    this->note(kB);
    EXPECT_THAT(this->news(), ElementsAre(kB));
}

TYPED_TEST(ChangesTest, MayBeNotedMoreThanOnceInATransaction) {
    (void)this->news();
    this->write([&](Session& s) -> Status {
        CHECK_OK(note_change(s, kA));
        CHECK_OK(note_change(s, kA));
        return note_change(s, kB);
    });
    const auto seen = this->news();
    EXPECT_THAT((std::set<OrganizationId>(seen.begin(), seen.end())), UnorderedElementsAre(kA, kB));
}

TYPED_TEST(ChangesTest, AreNewsAlsoAfterAllEarlierOnesWerePurged) {
    this->note(kA);
    (void)this->news();
    this->note(kA);
    (void)this->news();
    EXPECT_EQ(this->wrote([](Session& s) { return purge_changes(s, std::chrono::hours(1), 100); }), 0);
    EXPECT_EQ(this->wrote([](Session& s) { return purge_changes(s, std::chrono::hours(0), 1); }), 1);
    EXPECT_EQ(this->wrote([](Session& s) { return purge_changes(s, std::chrono::hours(0), 100); }), 1);
    EXPECT_THAT(this->news(), IsEmpty());
    this->note(kB);
    EXPECT_THAT(this->news(), ElementsAre(kB));
}

TYPED_TEST(ChangesTest, OfATransactionThatCommitsAfterLaterOnesAreNotMissed) {
    if (TypeParam::kEngine == Engine::Sqlite)
        GTEST_SKIP() << "its transactions come one after another";
    auto other = catalog::open({.url = this->engine_->url(), .readers = 2});
    ASSERT_TRUE(other);
    (void)this->news();
    this->write([&](Session& s) -> Status {
        CHECK_OK(note_change(s, kA));
        CHECK_OK((*other)->write([](Session& later) { return note_change(later, kB); }));
        EXPECT_THAT(this->news(), ElementsAre(kB));
        EXPECT_THAT(this->news(), IsEmpty());
        return {};
    });
    EXPECT_THAT(this->news(), ElementsAre(kA));
    EXPECT_THAT(this->news(), IsEmpty());
}

} // namespace
} // namespace landfall::catalog
