#include "catalog/tenancy/api_key.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/collections.hpp"
#include "domain/items/items.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "domain/tenancy/projects.hpp"
#include "support/domain_fixture.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

using testing::code_of;
using O = auth::OrganizationRole;
using P = auth::ProjectRole;
constexpr auto kDenied = std::optional(Code::PermissionDenied);
constexpr auto kMissing = std::optional(Code::NotFound);
constexpr std::optional<Code> kDone;

class Access : public testing::DomainTest {
protected:
    std::optional<Code> initiate(const auth::Principal& who) {
        NewUpload wanted;
        wanted.project_id = project;
        wanted.transfer_method = "cli";
        return code_of(as(who, [&](Context& cx) { return initiate_upload(cx, wanted); }));
    }
    std::optional<Code> create(const auth::Principal& who) {
        NewItem wanted;
        wanted.project_id = project;
        wanted.type = "external_reference";
        wanted.name = "one";
        return code_of(as(who, [&](Context& cx) { return create_item(cx, wanted); }));
    }
    std::optional<Code> collect(const auth::Principal& who) {
        NewCollection wanted;
        wanted.project_id = project;
        wanted.name = "all";
        return code_of(as(who, [&](Context& cx) { return create_collection(cx, wanted); }));
    }
    std::optional<Code> recolor(const auth::Principal& who, const CollectionId& id) {
        CollectionChange change;
        change.color.value = "red";
        return code_of(as(who, [&](Context& cx) { return update_collection(cx, project, id, change); }));
    }
    CollectionId new_collection() {
        NewCollection wanted;
        wanted.project_id = project;
        wanted.name = "all";
        return as(key, [&](Context& cx) { return create_collection(cx, wanted); })->id;
    }
    std::optional<Code> enrol(const auth::Principal& who, const UserId& user) {
        return code_of(as(who, [&](Context& cx) { return add_project_member(cx, project, user, P::Editor); }));
    }
    std::optional<Code> remove(const auth::Principal& who, const ItemId& id) {
        return code_of(as(who, [&](Context& cx) -> Result<bool> {
            CHECK_OK(delete_item(cx, id));
            return true;
        }));
    }
    std::optional<Code> get(const auth::Principal& who, const ItemId& id) {
        return code_of(as(who, [&](Context& cx) { return require_item(cx, id, P::Viewer); }));
    }
    ItemId new_item() {
        NewItem wanted;
        wanted.project_id = project;
        wanted.type = "external_reference";
        wanted.name = "one";
        return as(key, [&](Context& cx) { return create_item(cx, wanted); })->id;
    }
};

struct RoleCase {
    std::string_view who;
    std::optional<O> in_organization;
    std::optional<P> in_project;
    std::optional<Code> read, write, administer;
};

TEST_F(Access, OfUsersFollowsTheirRolesInProjectAndOrganization) {
    const RoleCase cases[] = {
        {"nobody", {}, {}, kDenied, kDenied, kDenied},
        {"viewer", {}, P::Viewer, kDone, kDenied, kDenied},
        {"editor", {}, P::Editor, kDone, kDone, kDenied},
        {"admin", {}, P::Admin, kDone, kDone, kDone},
        {"owner", {}, P::Owner, kDone, kDone, kDone},
        {"member", O::Member, {}, kDone, kDenied, kDenied},
        {"member and viewer", O::Member, P::Viewer, kDone, kDenied, kDenied},
        {"member and editor", O::Member, P::Editor, kDone, kDone, kDenied},
        {"organization admin", O::Admin, {}, kDone, kDone, kDone},
        {"organization owner", O::Owner, {}, kDone, kDone, kDone},
        {"organization admin and viewer", O::Admin, P::Viewer, kDone, kDone, kDone},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.who);
        const auto who = new_user(c.in_organization, c.in_project);
        EXPECT_EQ(get(who, new_item()), c.read);
        EXPECT_EQ(initiate(who), c.write);
        EXPECT_EQ(create(who), c.write);
        EXPECT_EQ(collect(who), c.write);
        EXPECT_EQ(recolor(who, new_collection()), c.write);
        EXPECT_EQ(remove(who, new_item()), c.write);
        EXPECT_EQ(enrol(who, *new_user(O::Member).user_id), c.administer);
    }
}

TEST_F(Access, OfAnApiKeyIsThatOfAnAdminOfItsOwnOrganization) {
    EXPECT_EQ(initiate(key), kDone);
    EXPECT_EQ(create(key), kDone);
    EXPECT_EQ(enrol(key, *new_user(O::Member).user_id), kDone);
    const auto as_owner = as(key, [&](Context& cx) { return require_organization(cx, organization, O::Owner); });
    EXPECT_EQ(code_of(as_owner), kDenied);
}

TEST_F(Access, FollowsTheGrantsAndNotTheKindOfCaller) {
    auth::Principal job;
    job.type = auth::PrincipalType::Service;
    job.organization_id = organization;
    EXPECT_EQ(create(job), kDenied) << "nobody granted it anything";
    job.grants.in_projects = {{project, P::Editor}};
    EXPECT_EQ(create(job), kDone);
    EXPECT_EQ(enrol(job, *new_user(O::Member).user_id), kDenied);
    job.grants.in_projects = {{ProjectId::make(), P::Owner}};
    EXPECT_EQ(create(job), kDenied) << "of another project";
    job.grants = {.in_organization = O::Admin};
    EXPECT_EQ(enrol(job, *new_user(O::Member).user_id), kDone);
}

TEST_F(Access, ToSingleItemsReadsTheseAndKnowsOfNothingElse) {
    const ItemId given = new_item();
    const ItemId other = new_item();
    auth::Principal reader;
    reader.organization_id = organization;
    reader.grants.only_items = std::vector<ItemId>{given};
    EXPECT_EQ(get(reader, given), kDone);
    EXPECT_EQ(get(reader, other), kMissing);
    EXPECT_EQ(remove(reader, given), kDenied);
    EXPECT_EQ(remove(reader, other), kMissing);
    EXPECT_EQ(create(reader), kMissing);
    EXPECT_EQ(code_of(as(reader, [&](Context& cx) { return require_project(cx, project, P::Viewer); })), kMissing);
    EXPECT_EQ(code_of(as(reader, [&](Context& cx) { return require_organization(cx, organization, O::Member); })),
              kMissing);
}

TEST_F(Access, LooksAMembershipUpOnceATransactionAndOnlyForUsers) {
    const ItemId item = new_item();
    const auto user = new_user(O::Member, P::Editor);
    (void)as(user, [&](Context& cx) -> Result<bool> {
        EXPECT_TRUE(require_item(cx, item, P::Viewer));
        EXPECT_TRUE(require_project(cx, project, P::Editor));
        EXPECT_TRUE(require_organization(cx, organization, O::Member));
        EXPECT_EQ(cx.rights.in_organizations.size(), 1U);
        EXPECT_EQ(cx.rights.in_projects.size(), 1U);
        return true;
    });
    (void)as(key, [&](Context& cx) -> Result<bool> {
        EXPECT_TRUE(require_item(cx, item, P::Viewer));
        EXPECT_TRUE(cx.rights.in_organizations.empty());
        EXPECT_TRUE(cx.rights.in_projects.empty());
        EXPECT_TRUE(cx.rights.passed.empty()) << "nobody asked to keep them";
        return true;
    });
}

TEST_F(Access, FromAnotherOrganizationFindsNothingAtAll) {
    const ItemId item = new_item();
    const auto stranger = key_of(new_organization("Elsewhere"));
    EXPECT_EQ(initiate(stranger), kMissing);
    EXPECT_EQ(create(stranger), kMissing);
    EXPECT_EQ(collect(stranger), kMissing);
    EXPECT_EQ(get(stranger, item), kMissing);
    EXPECT_EQ(remove(stranger, item), kMissing);
    EXPECT_EQ(enrol(stranger, *new_user(O::Member).user_id), kMissing);
    EXPECT_EQ(code_of(as(stranger, [&](Context& cx) { return require_organization(cx, organization, O::Member); })),
              kMissing);
}

TEST_F(Access, WithoutAnOrganizationFindsNothingAndCreatesNothing) {
    auto loner = new_user({});
    loner.organization_id = {};
    EXPECT_EQ(get(loner, new_item()), kMissing);
    EXPECT_EQ(initiate(loner), kMissing);
    const Call call = call_of(loner);
    EXPECT_EQ(code_of(own_organization(call)), kDenied);
}

TEST_F(Access, ReadsEveryProjectOrThoseWithARole) {
    const ProjectId other = new_project(organization, "other");
    const auto readable = [&](const auth::Principal& who) {
        return as(who, [](Context& cx) { return readable_projects(cx); }).value();
    };
    EXPECT_EQ(readable(key), std::nullopt);
    EXPECT_EQ(readable(new_user(O::Member)), std::nullopt);
    EXPECT_EQ(readable(new_user({}, P::Viewer)), std::vector{project});
    EXPECT_EQ(readable(new_user({})), std::vector<ProjectId>());
    auto loner = new_user({});
    loner.organization_id = {};
    EXPECT_EQ(readable(loner), std::vector<ProjectId>());
    auto granted = new_user({});
    granted.grants.in_projects = {{other, P::Viewer}};
    EXPECT_EQ(readable(granted), std::vector{other});
}

TEST_F(Access, ToAnItemIs403WithoutTheProjectAnd404ForWhatIsNotThere) {
    const auto outsider = new_user({});
    const ItemId item = new_item();
    EXPECT_EQ(get(outsider, item), kDenied);
    EXPECT_EQ(get(outsider, ItemId::make()), kMissing);
    EXPECT_EQ(remove(key, item), kDone);
    EXPECT_EQ(get(outsider, item), kMissing);
    EXPECT_EQ(get(key, item), kMissing);
    EXPECT_EQ(remove(key, item), kMissing) << "a second delete";
}

TEST_F(Access, ToAnArchivedProjectReadsOnly) {
    const ItemId item = new_item();
    const CollectionId collection = new_collection();
    archive_project();
    EXPECT_EQ(get(key, item), kDone);
    for (const auto& outcome : {initiate(key), create(key), collect(key), recolor(key, collection), remove(key, item)})
        EXPECT_EQ(outcome, Code::Conflict);
}

TEST_F(Access, ToADeletedProjectIsGoneWithItsItems) {
    const ItemId item = new_item();
    (void)wrote([&](database::Session& s) { return catalog::delete_project(s, organization, project, clock.now()); });
    EXPECT_EQ(get(key, item), kMissing);
    EXPECT_EQ(create(key), kMissing);
}

TEST_F(Access, MembersAreAddedOnceAndFromTheOrganizationOnly) {
    const auto member = new_user(O::Member);
    EXPECT_EQ(enrol(key, *member.user_id), kDone);
    EXPECT_EQ(enrol(key, *member.user_id), Code::Conflict);
    EXPECT_EQ(enrol(key, UserId::make()), kMissing);
    EXPECT_EQ(enrol(key, *new_user({}).user_id), kMissing) << "of no organization";
}

class Keys : public testing::DomainTest {
protected:
    MintedApiKey mint(NewApiKey wanted) {
        wanted.name = "k";
        return wrote([&](database::Session& s) { return create_api_key(s, organization, wanted, clock.now()); });
    }
    std::optional<Code> present(std::string_view secret) {
        return code_of(authenticate(services, key_digest(secret), clock.now()));
    }
};

TEST_F(Keys, AuthenticateWithTheScopesAndTheMakerTheyWereGiven) {
    const auto maker = new_user(O::Owner);
    const auto minted = mint({.scopes = {"items:read", "tiles:*"}, .rate_limit = 5, .created_by = maker.user_id});
    const auto principal = authenticate(services, key_digest(minted.secret), clock.now());
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->id, minted.row.id.str());
    EXPECT_EQ(principal->organization_id, organization);
    EXPECT_EQ(principal->scopes, (std::vector<std::string>{"items:read", "tiles:*"}));
    EXPECT_EQ(principal->rate_limit, 5);
    EXPECT_EQ(principal->user_id, maker.user_id);
    EXPECT_EQ(principal->type, auth::PrincipalType::ApiKey);
}

TEST_F(Keys, ThatAreUnknownExpiredOrRevokedAreRefusedAlike) {
    const auto minted = mint({.scopes = {}, .expires_in_days = 1});
    const auto other = mint({.scopes = {}});
    EXPECT_EQ(present(minted.secret), kDone);
    for (const std::string& bad : {std::string(), std::string("gpra_"), minted.secret + "x", std::string(600, 'a')})
        EXPECT_EQ(present(bad), Code::Unauthenticated);
    clock.advance(std::chrono::days(1) - std::chrono::microseconds(1));
    EXPECT_EQ(present(minted.secret), kDone);
    clock.advance(std::chrono::microseconds(1));
    EXPECT_EQ(present(minted.secret), Code::Unauthenticated);
    EXPECT_EQ(present(other.secret), kDone);
    (void)as(key,
             [&](Context& cx) { return catalog::revoke_api_key(cx.session, organization, other.row.id, clock.now()); });
    EXPECT_EQ(present(other.secret), Code::Unauthenticated);
}

TEST_F(Keys, AreStoredAsADigestOnly) {
    const auto minted = mint({.scopes = {}});
    const auto rows = got([&](database::Session& s) { return catalog::list_api_keys(s, organization); });
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].secret_hash.find(minted.secret.substr(5)), std::string::npos);
    EXPECT_EQ(rows[0].secret_hash.size(), 64U);
    EXPECT_EQ(rows[0].prefix, minted.secret.substr(0, 12));
}

TEST_F(Keys, TakeScopesOfTheRightFormAndACenturyAtMost) {
    for (const auto& wanted : {NewApiKey{.scopes = {"items"}}, NewApiKey{.scopes = {}, .expires_in_days = 36'501}}) {
        const auto made = database->write_for(
            [&](database::Session& s) { return create_api_key(s, organization, wanted, clock.now()); });
        EXPECT_EQ(code_of(made), Code::InvalidArgument);
    }
}

TEST(GrantableScopes, AreThoseTheMakerHolds) {
    auth::Principal maker;
    maker.scopes = {"items:*", "api_keys:write", "*:process"};
    for (const auto* scope :
         {"items:read", "items:*", "api_keys:write", "analytics:process", "*:process", "processing:process"})
        EXPECT_TRUE(check_grantable(maker, {scope})) << scope;
    for (const auto* scope : {"*", "admin:read", "api_keys:read", "api_keys:*", "*:read", "tiles:read", "analytics:*"})
        EXPECT_EQ(code_of(check_grantable(maker, {scope})), kDenied) << scope;
    const auto granted = grantable_scopes(maker);
    EXPECT_EQ(granted, (std::vector<std::string>{"analytics:process", "api_keys:write", "items:read", "items:write",
                                                 "processing:process"}));
}

TEST(GrantableScopes, NeverCoverWhatTheServerDoesNotKnowYet) {
    auth::Principal maker;
    maker.scopes = {"api_keys:write"};
    for (const auto* scope : {"orders:*", "orders:write", "*:approve"})
        EXPECT_EQ(code_of(check_grantable(maker, {scope})), kDenied) << scope;
}

} // namespace
} // namespace landfall::domain
