#include "catalog/tenancy/api_key.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/organizations.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using testing::code_of;

class Organizations : public testing::DomainTest {
protected:
    Bootstrapped start(const Bootstrap& wanted) {
        return wrote([&](database::Session& s) { return bootstrap(s, wanted, clock.now()); });
    }
};

TEST_F(Organizations, BootstrapMakesAllThatAFirstCallNeeds) {
    const auto made = start({.organization = "First", .project = "One", .email = {}, .password_hash = "hash"});
    EXPECT_TRUE(made.user_created);
    ASSERT_TRUE(made.api_key);
    const auto principal = authenticate(services, key_digest(*made.api_key), clock.now());
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->organization_id, made.organization_id);
    EXPECT_EQ(principal->user_id, made.user_id);
    EXPECT_TRUE(auth::has_scope(*principal, "admin:write"));
    const auto member =
        got([&](database::Session& s) { return catalog::find_membership(s, made.organization_id, made.user_id); });
    ASSERT_TRUE(member);
    EXPECT_EQ(member->role, auth::OrganizationRole::Owner);
    const auto enrolled = got([&](database::Session& s) {
        return catalog::find_project_member(s, made.organization_id, made.project_id, made.user_id);
    });
    ASSERT_TRUE(enrolled);
    EXPECT_EQ(enrolled->role, auth::ProjectRole::Owner);
}

TEST_F(Organizations, BootstrapAgainChangesNothingUntilTheLastKeyIsGone) {
    const auto first = start({});
    const auto second = start({});
    EXPECT_EQ(second.organization_id, first.organization_id);
    EXPECT_EQ(second.project_id, first.project_id);
    EXPECT_EQ(second.user_id, first.user_id);
    EXPECT_FALSE(second.api_key);
    EXPECT_FALSE(second.user_created);
    const auto keys = got([&](database::Session& s) { return catalog::list_api_keys(s, first.organization_id); });
    (void)wrote([&](database::Session& s) {
        return catalog::revoke_api_key(s, first.organization_id, keys.at(0).id, clock.now());
    });
    EXPECT_TRUE(start({}).api_key);
}

TEST_F(Organizations, BootstrapWithoutNamesIsAboutTheFirstOrganizationAndItsFirstProject) {
    const auto first = start({});
    (void)start({.organization = "Later", .project = "Theirs", .email = {}, .password_hash = {}});
    (void)start({.organization = {}, .project = "Second", .email = {}, .password_hash = {}});
    const auto again = start({});
    EXPECT_EQ(again.organization_id, first.organization_id);
    EXPECT_EQ(again.project_id, first.project_id);
}

TEST_F(Organizations, NeedNamesThatCanBeShown) {
    for (const std::string& name : {std::string(), std::string(256, 'a'), std::string("a\nb"), std::string("\xFF")}) {
        const auto named = [&](const Bootstrap& wanted) {
            return database->write_for([&](database::Session& s) { return bootstrap(s, wanted, clock.now()); });
        };
        EXPECT_EQ(code_of(named({.organization = name, .project = {}, .email = {}, .password_hash = {}})),
                  Code::InvalidArgument);
        EXPECT_EQ(code_of(named({.organization = {}, .project = name, .email = {}, .password_hash = {}})),
                  Code::InvalidArgument);
    }
}

TEST_F(Organizations, GetSlugsOfTheirOwn) {
    const auto make = [&](const std::string& name) {
        return wrote([&](database::Session& s) {
            catalog::OrganizationRow row;
            row.name = name;
            return create_organization(s, row, std::nullopt, clock.now());
        });
    };
    EXPECT_EQ(make("Acme, Inc.").slug, "acme-inc");
    EXPECT_EQ(make("ACME Inc").slug, "acme-inc-2");
    EXPECT_EQ(make("\xE6\x97\xA5").slug, "x");
}

TEST_F(Organizations, UsersHaveOneEmailOfTheRightForm) {
    const auto make = [&](const std::string& email) {
        return database->write_for(
            [&](database::Session& s) { return create_user(s, {email, "n", "hash", false}, clock.now()); });
    };
    for (const auto& bad :
         {std::string(), std::string("a"), std::string("@b"), std::string("a@"), std::string(250, 'x') + "@b.ch"})
        EXPECT_EQ(code_of(make(bad)), Code::InvalidArgument) << bad;
    EXPECT_TRUE(make("Ada@example.org"));
    EXPECT_EQ(code_of(make("ada@EXAMPLE.org")), Code::Conflict);
}

} // namespace
} // namespace landfall::domain
