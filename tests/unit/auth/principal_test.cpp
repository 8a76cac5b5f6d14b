#include "auth/principal.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace landfall::auth {
namespace {

struct ScopeCase {
    std::string_view granted;
    std::string_view wanted;
    bool covered;
};

class Scopes : public testing::TestWithParam<ScopeCase> {};

TEST_P(Scopes, CoverWhatTheyNameAndWhatTheirWildcardsStandFor) {
    EXPECT_EQ(scope_covers(GetParam().granted, GetParam().wanted), GetParam().covered)
        << GetParam().granted << " for " << GetParam().wanted;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Scopes,
    testing::Values(ScopeCase{"items:read", "items:read", true}, ScopeCase{"items:read", "items:write", false},
                    ScopeCase{"*", "admin:write", true}, ScopeCase{"items:*", "items:write", true},
                    ScopeCase{"items:*", "item:write", false}, ScopeCase{"items:*", "items_x:write", false},
                    ScopeCase{"*:read", "items:read", true}, ScopeCase{"*:read", "items:write", false},
                    ScopeCase{"items", "items:read", false}, ScopeCase{"items:", "items:read", false},
                    ScopeCase{"", "items:read", false}, ScopeCase{":read", "items:read", false},
                    ScopeCase{"items:read:x", "items:read", false}, ScopeCase{"ITEMS:READ", "items:read", false},
                    ScopeCase{"items:rea", "items:read", false}, ScopeCase{" items:read", "items:read", false}));

TEST(IsScope, KnowsTheFourForms) {
    for (const auto* text : {"*", "items:read", "items:*", "*:read", "band_formulas:write", "a1:b2"})
        EXPECT_TRUE(is_scope(text)) << text;
    for (const auto* text : {"", ":", "items", "items:", ":read", "*:*", "items:read:write", "Items:read", "items read",
                             "**", "items:re*"})
        EXPECT_FALSE(is_scope(text)) << text;
}

TEST(KnownScopes, AreSortedUniqueAndWellFormed) {
    const auto scopes = known_scopes();
    EXPECT_TRUE(std::is_sorted(scopes.begin(), scopes.end()));
    EXPECT_EQ(std::adjacent_find(scopes.begin(), scopes.end()), scopes.end());
    EXPECT_TRUE(std::all_of(scopes.begin(), scopes.end(), is_scope));
}

TEST(DefaultScopes, AreAllKnownOnesButThoseOfAdministration) {
    const auto scopes = default_scopes();
    EXPECT_EQ(scopes.size(), known_scopes().size() - 2);
    for (const auto& scope : scopes)
        EXPECT_FALSE(scope.starts_with("admin:")) << scope;
    Principal principal;
    principal.scopes = scopes;
    EXPECT_TRUE(has_scope(principal, "items:write"));
    EXPECT_FALSE(has_scope(principal, "admin:read"));
    EXPECT_FALSE(has_scope(Principal{}, "items:read"));
}

struct RoleCase {
    std::optional<OrganizationRole> in_organization;
    std::optional<ProjectRole> in_project;
    std::optional<ProjectRole> effective;
};

class Roles : public testing::TestWithParam<RoleCase> {};

TEST_P(Roles, InTheProjectAddToWhatTheOrganizationGives) {
    EXPECT_EQ(effective_role(GetParam().in_organization, GetParam().in_project), GetParam().effective);
}

using O = OrganizationRole;
using P = ProjectRole;
constexpr std::nullopt_t kNone = std::nullopt;
INSTANTIATE_TEST_SUITE_P(
    Table, Roles,
    testing::Values(RoleCase{kNone, kNone, kNone}, RoleCase{kNone, P::Viewer, P::Viewer},
                    RoleCase{kNone, P::Editor, P::Editor}, RoleCase{kNone, P::Owner, P::Owner},
                    RoleCase{O::Member, kNone, P::Viewer}, RoleCase{O::Member, P::Viewer, P::Viewer},
                    RoleCase{O::Member, P::Editor, P::Editor}, RoleCase{O::Member, P::Admin, P::Admin},
                    RoleCase{O::Member, P::Owner, P::Owner}, RoleCase{O::Admin, kNone, P::Admin},
                    RoleCase{O::Admin, P::Viewer, P::Admin}, RoleCase{O::Admin, P::Owner, P::Owner},
                    RoleCase{O::Owner, kNone, P::Admin}, RoleCase{O::Owner, P::Editor, P::Admin},
                    RoleCase{O::Owner, P::Owner, P::Owner}));

TEST(Roles, HaveTheTextsOfTheContract) {
    EXPECT_EQ(schema::enum_text(P::Editor), "editor");
    EXPECT_EQ(schema::enum_value<O>("owner"), O::Owner);
    EXPECT_FALSE(schema::enum_value<P>("Owner"));
    EXPECT_LT(P::Viewer, P::Editor);
    EXPECT_LT(P::Admin, P::Owner);
}

} // namespace
} // namespace landfall::auth
