#include "domain/items/retention.hpp"

#include <gtest/gtest.h>

namespace landfall::domain {
namespace {

using catalog::Plan;
using catalog::RetentionChange;
using std::chrono::days;

const Timestamp kBorn = from_micros(1'800'000'000'000'000);

catalog::ItemRow new_item(const Retention& retention) {
    catalog::ItemRow item;
    item.created_at = kBorn;
    begin_retention(item, retention);
    return item;
}

/// Every step that is due by then.
std::vector<LifecycleStep> steps(catalog::ItemRow& item, const Retention& retention, Timestamp at) {
    std::vector<LifecycleStep> taken;
    while (const auto step = take_step(item, retention, at))
        taken.push_back(*step);
    return taken;
}

TEST(Retention, LastsForEverWithoutDays) {
    for (const Plan plan : {Plan::Free, Plan::Paid}) {
        auto item = new_item({plan, {}});
        EXPECT_FALSE(item.expires_at);
        EXPECT_TRUE(steps(item, {plan, {}}, kBorn + days(36'500)).empty());
    }
}

TEST(Retention, OfTheFreePlanWarnsExpiresAndDeletesInThatOrder) {
    const Retention retention{Plan::Free, 30};
    auto item = new_item(retention);
    EXPECT_EQ(item.expires_at, kBorn + days(23));
    EXPECT_EQ(retention_end(item, retention), kBorn + days(30));
    EXPECT_TRUE(steps(item, retention, kBorn + days(22)).empty());
    using enum LifecycleStep;
    EXPECT_EQ(steps(item, retention, kBorn + days(23)), std::vector{Expiring});
    EXPECT_EQ(item.expires_at, kBorn + days(30));
    EXPECT_EQ(steps(item, retention, kBorn + days(59)), std::vector{Expired});
    EXPECT_EQ(item.expires_at, kBorn + days(60));
    EXPECT_EQ(steps(item, retention, kBorn + days(60)), std::vector{Deleted});
    auto late = new_item(retention);
    EXPECT_EQ(steps(late, retention, kBorn + days(60)), (std::vector{Expiring, Expired, Deleted}));
}

TEST(Retention, OfThePaidPlanArchives) {
    const Retention retention{Plan::Paid, 5};
    auto item = new_item(retention);
    EXPECT_EQ(item.expires_at, kBorn + days(5));
    EXPECT_EQ(steps(item, retention, kBorn + days(6)), std::vector{LifecycleStep::Archived});
    EXPECT_EQ(item.lifecycle_state, lifecycle::kArchived);
    EXPECT_EQ(item.archived_at, kBorn + days(6));
    EXPECT_FALSE(item.expires_at);
}

TEST(Retention, WarnsNoLongerThanItLasts) {
    EXPECT_EQ(new_item({Plan::Free, 3}).expires_at, kBorn);
    EXPECT_EQ(new_item({Plan::Free, 7}).expires_at, kBorn);
    EXPECT_EQ(new_item({Plan::Free, 8}).expires_at, kBorn + days(1));
}

TEST(Retention, IsStricterOrLooser) {
    using enum RetentionChange;
    EXPECT_EQ(change_between({Plan::Paid, {}}, {Plan::Paid, 10}), Stricter);
    EXPECT_EQ(change_between({Plan::Paid, 10}, {Plan::Paid, 9}), Stricter);
    EXPECT_EQ(change_between({Plan::Paid, 10}, {Plan::Free, 20}), Stricter);
    EXPECT_EQ(change_between({Plan::Free, 10}, {Plan::Free, 11}), Looser);
    EXPECT_EQ(change_between({Plan::Free, 10}, {Plan::Free, {}}), Looser);
    EXPECT_EQ(change_between({Plan::Free, 10}, {Plan::Paid, 10}), Looser);
    EXPECT_FALSE(change_between({Plan::Free, 10}, {Plan::Free, 10}));
}

/// What an item of a retention has after a change, made a number of days after the item; repeating it changes nothing.
catalog::ItemRow changed(catalog::ItemRow item, const Retention& before, const Retention& after, std::int64_t day) {
    const Timestamp at = kBorn + days(day);
    steps(item, before, at);
    const auto change = *change_between(before, after);
    follow_change(item, after, change, at);
    EXPECT_FALSE(follow_change(item, after, change, at));
    return item;
}

TEST(Retention, LeavesAWeekWhereItGetsStricter) {
    const Retention off{Plan::Paid, {}}, ten{Plan::Paid, 10};
    EXPECT_EQ(changed(new_item(off), off, ten, 100).expires_at, kBorn + days(107));
    EXPECT_EQ(changed(new_item(off), off, ten, 1).expires_at, kBorn + days(10));
    EXPECT_EQ(changed(new_item(ten), ten, {Plan::Free, 10}, 9).expires_at, kBorn + days(9));
    EXPECT_EQ(retention_end(changed(new_item(ten), ten, {Plan::Free, 10}, 9), {Plan::Free, 10}), kBorn + days(16));
    EXPECT_EQ(changed(new_item(ten), ten, {Plan::Paid, 5}, 2).expires_at, kBorn + days(9));
}

TEST(Retention, NeverTakesTimeWhereItGetsLooser) {
    const Retention off{Plan::Paid, {}}, two{Plan::Paid, 2}, three{Plan::Paid, 3};
    const auto graced = changed(new_item(off), off, two, 50);
    EXPECT_EQ(graced.expires_at, kBorn + days(57));
    EXPECT_EQ(changed(graced, two, three, 51).expires_at, kBorn + days(57));
    EXPECT_EQ(changed(new_item(two), two, {Plan::Paid, 40}, 1).expires_at, kBorn + days(40));
    EXPECT_FALSE(changed(new_item(two), two, off, 1).expires_at);
}

TEST(Retention, BringsExpiredItemsBackWithThePaidPlan) {
    const Retention free{Plan::Free, 10}, paid{Plan::Paid, 10};
    const auto back = changed(new_item(free), free, paid, 20);
    EXPECT_EQ(back.lifecycle_state, lifecycle::kActive);
    EXPECT_EQ(back.expires_at, kBorn + days(27));
    EXPECT_EQ(changed(new_item(free), free, {Plan::Free, 11}, 20).lifecycle_state, lifecycle::kExpired);
    EXPECT_EQ(changed(new_item(free), free, {Plan::Free, 40}, 20).lifecycle_state, lifecycle::kActive);
}

TEST(Retention, LeavesArchivedItemsWhereTheyAre) {
    const Retention paid{Plan::Paid, 10};
    const auto archived = changed(new_item(paid), paid, {Plan::Free, 10}, 20);
    EXPECT_EQ(archived.lifecycle_state, lifecycle::kArchived);
    EXPECT_FALSE(archived.expires_at);
}

TEST(Retention, DoesNotConcernWhatWasMadeUnderIt) {
    auto young = new_item({Plan::Free, 1});
    EXPECT_FALSE(follow_change(young, {Plan::Free, 1}, RetentionChange::Stricter, kBorn - days(1)));
}

TEST(Retention, WarnedItemsAreNotWarnedAgain) {
    const Retention ten{Plan::Free, 10};
    auto item = changed(new_item(ten), ten, {Plan::Free, 9}, 5);
    EXPECT_EQ(item.lifecycle_state, lifecycle::kExpiring);
    EXPECT_EQ(item.expires_at, kBorn + days(12));
}

} // namespace
} // namespace landfall::domain
