#include "catalog/ledger/rate_window.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/user.hpp"
#include "catalog/vocabulary.hpp"
#include "catalog/work/idempotency.hpp"
#include "database/table_rows.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <atomic>
#include <thread>

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class TenancyTest : public CatalogTest<E> {
protected:
    UserRow add_user(const std::string& email) {
        UserRow row;
        row.id = UserId::make();
        row.email = email;
        row.created_at = row.updated_at = at_second(1);
        this->write([&](Session& s) { return insert_user(s, row); });
        return row;
    }
    Code refusal(const std::function<Status(Session&)>& work) {
        const Status done = this->db_->write(work);
        return done ? Code::Canceled : done.error().code;
    }
};

TYPED_TEST_SUITE(TenancyTest, Engines, EngineName);

TYPED_TEST(TenancyTest, OrganizationsKeepTheirFieldsAndSlugsStayUnique) {
    EXPECT_EQ(this->got([&](Session& s) { return free_organization_slug(s, this->organization_.slug); }),
              this->organization_.slug + "-2");
    this->organization_.quota_bytes = 5;
    this->organization_.profile = R"({"description":"ü"})";
    EXPECT_TRUE(this->wrote([&](Session& s) { return update_organization(s, this->organization_); }));
    const auto read = this->got([&](Session& s) { return find_organization(s, this->organization_.id); });
    EXPECT_EQ(read->quota_bytes, 5);
    EXPECT_EQ(read->profile, this->organization_.profile);
    OrganizationRow twin = this->organization_;
    twin.id = OrganizationId::make();
    EXPECT_FALSE(this->wrote([&](Session& s) { return insert_organization(s, twin); }));
}

TYPED_TEST(TenancyTest, EmailsAreUniqueWithoutRegardToCase) {
    const UserRow user = this->add_user("Ada@Example.org");
    EXPECT_EQ(this->got([](Session& s) { return find_user_by_email(s, "ADA@example.ORG"); })->id, user.id);
    UserRow twin = user;
    twin.id = UserId::make();
    twin.email = "ada@example.org";
    EXPECT_EQ(this->refusal([&](Session& s) { return insert_user(s, twin); }), Code::Conflict);
}

TYPED_TEST(TenancyTest, DeletedAndForeignProjectsAreNotFound) {
    const auto find = [&](const OrganizationId& organization) {
        return this->got([&](Session& s) { return find_project(s, organization, this->project_.id); });
    };
    EXPECT_TRUE(find(this->organization_.id));
    EXPECT_FALSE(find(OrganizationId::make()));
    this->project_.is_archived = true;
    EXPECT_TRUE(this->wrote([&](Session& s) { return update_project(s, this->project_); }));
    const auto listed = [&](ArchivedProjects archived) {
        return this->got([&](Session& s) { return list_projects(s, this->organization_.id, archived); }).size();
    };
    EXPECT_EQ(listed(ArchivedProjects::Hide), 0U);
    EXPECT_EQ(listed(ArchivedProjects::Show), 1U);
    const auto remove = [&] {
        return this->wrote(
            [&](Session& s) { return delete_project(s, this->organization_.id, this->project_.id, at_second(9)); });
    };
    EXPECT_TRUE(remove());
    EXPECT_FALSE(remove());
    EXPECT_FALSE(find(this->organization_.id));
}

TYPED_TEST(TenancyTest, ARevokedKeyStaysFoundAndIsRevokedOnce) {
    ApiKeyRow key;
    key.id = ApiKeyId::make();
    key.organization_id = this->organization_.id;
    key.name = "k";
    key.secret_hash = "aa";
    this->write([&](Session& s) { return insert_api_key(s, key); });
    const auto revoke = [&](const OrganizationId& organization) {
        return this->wrote([&](Session& s) { return revoke_api_key(s, organization, key.id, at_second(5)); });
    };
    EXPECT_FALSE(revoke(OrganizationId::make()));
    EXPECT_TRUE(revoke(this->organization_.id));
    EXPECT_FALSE(revoke(this->organization_.id));
    this->write([&](Session& s) -> Status {
        CHECK_OK(touch_api_key(s, key.id, at_second(20)));
        return touch_api_key(s, key.id, at_second(10));
    });
    const auto read = this->got([](Session& s) { return find_api_key_by_hash(s, "aa"); });
    EXPECT_EQ(read->revoked_at, at_second(5));
    EXPECT_EQ(read->last_used_at, at_second(20));
}

IdempotencyClaim claim_of(std::int64_t second, const std::string& body = "hash") {
    return {"org", "items.create", "key", body, at_second(second), at_second(second + 1000)};
}

TYPED_TEST(TenancyTest, AnIdempotencyKeyRunsOnceAndReplaysUntilItsTimeIsOver) {
    using Kind = IdempotencyOutcome::Kind;
    const auto claim = [&](const IdempotencyClaim& c) {
        return this->wrote([&](Session& s) { return claim_idempotency_key(s, c); });
    };
    const auto run = [&](const IdempotencyClaim& c, const std::string& body) {
        this->write([&](Session& s) -> Status {
            TRY(const auto outcome, claim_idempotency_key(s, c));
            EXPECT_EQ(outcome.kind, Kind::Claimed);
            return keep_idempotent_answer(s, c, {200, "application/json", body});
        });
    };
    EXPECT_EQ(claim(claim_of(1)).kind, Kind::Claimed);
    EXPECT_EQ(claim(claim_of(1)).kind, Kind::Claimed) << "nothing was kept";
    run(claim_of(1), "{}");
    const IdempotencyOutcome replay = claim(claim_of(2));
    EXPECT_EQ(replay.kind, Kind::Replay);
    EXPECT_EQ(replay.answer.body, "{}");
    EXPECT_EQ(claim(claim_of(1000, "other")).kind, Kind::OtherBody);
    run(claim_of(1001, "other"), "[]");
    EXPECT_EQ(claim(claim_of(1002, "other")).answer.body, "[]");
    EXPECT_EQ(this->wrote([](Session& s) { return purge_idempotency_keys(s, at_second(2001)); }), 1);
    EXPECT_EQ(claim(claim_of(1003)).kind, Kind::Claimed);
}

TYPED_TEST(TenancyTest, CallsWithOneIdempotencyKeyWaitForEachOther) {
    std::atomic<int> ran = 0;
    std::vector<std::thread> callers;
    for (int n = 0; n < 8; ++n)
        callers.emplace_back([&] {
            this->write([&](Session& s) -> Status {
                TRY(const auto outcome, claim_idempotency_key(s, claim_of(1)));
                if (outcome.kind == IdempotencyOutcome::Kind::Replay)
                    return {};
                ++ran;
                return keep_idempotent_answer(s, claim_of(1), {200, "application/json", "{}"});
            });
        });
    for (std::thread& caller : callers)
        caller.join();
    EXPECT_EQ(ran, 1);
}

TYPED_TEST(TenancyTest, RateBlocksNeverExceedTheWindow) {
    std::atomic<std::int64_t> taken = 0;
    std::vector<std::thread> servers;
    for (int n = 0; n < 16; ++n)
        servers.emplace_back([&] {
            const auto block = this->db_->write_for(
                [](Session& s) { return lease_rate_block(s, {"ops:org", at_second(60), 100, 9}); });
            ASSERT_TRUE(block) << block.error().cause;
            EXPECT_LE(block->taken + block->left, 100);
            taken += block->taken;
        });
    for (std::thread& server : servers)
        server.join();
    EXPECT_EQ(taken, 100);
    EXPECT_EQ(this->wrote([](Session& s) { return purge_rate_windows(s, at_second(61)); }), 1);
}

} // namespace
} // namespace landfall::catalog
