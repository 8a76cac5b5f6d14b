#include "domain/tenancy/api_keys.hpp"

#include "domain/tenancy/access.hpp"
#include "operations/done.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct ApiKeyCreateInput {
    std::string name;
    schema::MayBeAbsent<std::vector<std::string>> permissions;
    std::optional<std::int64_t> rate_limit, expires_in_days;
};

constexpr auto describe(schema::Of<ApiKeyCreateInput>) {
    using schema::field;
    using T = ApiKeyCreateInput;
    return schema::fields(field("name", &T::name, {.required = true, .min_length = 1, .max_length = 200}),
                          field("permissions", &T::permissions,
                                {.text = "Scopes; absent: the caller's own without admin:*", .max_items = 200}),
                          field("rate_limit", &T::rate_limit, {.text = "Calls per minute", .exclusive_min = 0}),
                          field("expires_in_days", &T::expires_in_days, {.exclusive_min = 0}));
}

struct ApiKeyCreateOutput {
    ApiKeyId id;
    std::optional<std::string> key;
    std::string prefix, name;
    std::vector<std::string> permissions;
    std::optional<Timestamp> expires_at;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<ApiKeyCreateOutput>) {
    using schema::field;
    using T = ApiKeyCreateOutput;
    return schema::fields(field("id", &T::id, {.required = true}),
                          field("key", &T::key, {.text = "The secret, shown this once"}),
                          field("prefix", &T::prefix, {.required = true}), field("name", &T::name, {.required = true}),
                          field("permissions", &T::permissions, {.required = true}),
                          field("expires_at", &T::expires_at), field("created_at", &T::created_at, {.required = true}));
}

constexpr OperationSpec kCreate{
    .id = "api_keys.create",
    .scope = "api_keys:write",
    .side_effect = SideEffect::ShareExport,
    .summary = "Mint an API key of the caller's organization; its secret is shown once.",
    .accepts_idempotency_key = true,
    .answer_holds_secret = true,
};

Result<ApiKeyCreateOutput> create(domain::Context& cx, const ApiKeyCreateInput& in) {
    TRY(const auto own, domain::own_organization(cx));
    TRY(const auto organization, domain::require_organization(cx, own, auth::OrganizationRole::Admin));
    domain::NewApiKey key;
    key.name = in.name;
    key.scopes = in.permissions.value.value_or(domain::grantable_scopes(cx.principal));
    key.rate_limit = in.rate_limit;
    key.expires_in_days = in.expires_in_days;
    key.created_by = cx.principal.user_id;
    if (cx.principal.type == auth::PrincipalType::ApiKey)
        key.parent = ApiKeyId(cx.principal.id);
    key.granted_by = &cx.principal;
    TRY(const auto minted, domain::create_api_key(cx.session, organization.id, key, cx.now));
    cx.touch(minted.row.id.str());
    return ApiKeyCreateOutput{minted.row.id, minted.secret,         minted.row.prefix,    minted.row.name,
                              key.scopes,    minted.row.expires_at, minted.row.created_at};
}

struct ApiKeyListInput {};
constexpr auto describe(schema::Of<ApiKeyListInput>) {
    return schema::fields();
}

struct ApiKeyResponse {
    ApiKeyId id;
    std::string prefix, name;
    schema::RawOf<std::vector<std::string>> permissions;
    std::optional<std::int64_t> rate_limit;
    std::optional<Timestamp> expires_at;
    Timestamp created_at{};
    std::optional<Timestamp> last_used_at, revoked_at;
};

constexpr auto describe(schema::Of<ApiKeyResponse>) {
    using schema::field;
    using T = ApiKeyResponse;
    return schema::fields(field("id", &T::id, {.required = true}), field("prefix", &T::prefix, {.required = true}),
                          field("name", &T::name, {.required = true}),
                          field("permissions", &T::permissions, {.required = true}),
                          field("rate_limit", &T::rate_limit), field("expires_at", &T::expires_at),
                          field("created_at", &T::created_at, {.required = true}),
                          field("last_used_at", &T::last_used_at), field("revoked_at", &T::revoked_at));
}

constexpr OperationSpec kList{
    .id = "api_keys.list",
    .scope = "api_keys:read",
    .side_effect = SideEffect::Read,
    .summary = "List the organization's API keys without their secrets.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<ApiKeyResponse>> list(domain::Context& cx, const ApiKeyListInput&) {
    TRY(const auto own, domain::own_organization(cx));
    CHECK_OK(domain::require_organization(cx, own, auth::OrganizationRole::Admin));
    TRY(const auto rows, catalog::list_api_keys(cx.session, own));
    std::vector<ApiKeyResponse> entries;
    entries.reserve(rows.size());
    for (const auto& row : rows)
        entries.push_back({row.id,
                           row.prefix,
                           row.name,
                           {row.permissions},
                           row.rate_limit,
                           row.expires_at,
                           row.created_at,
                           row.last_used_at,
                           row.revoked_at});
    return entries;
}

struct ApiKeyRevokeInput {
    ApiKeyId key_id;
};
constexpr auto describe(schema::Of<ApiKeyRevokeInput>) {
    return schema::fields(schema::field("key_id", &ApiKeyRevokeInput::key_id, {.required = true}));
}

using ApiKeyRevokeOutput = schema::Named<Done<ApiKeyId>, "ApiKeyRevokeOutput">;

constexpr OperationSpec kRevoke{
    .id = "api_keys.revoke",
    .scope = "api_keys:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Revoke an API key; it stops working at once.",
};

Result<ApiKeyRevokeOutput> revoke(domain::Context& cx, const ApiKeyRevokeInput& in) {
    TRY(const auto own, domain::own_organization(cx));
    CHECK_OK(domain::require_organization(cx, own, auth::OrganizationRole::Admin));
    TRY(const bool revoked, catalog::revoke_api_key(cx.session, own, in.key_id, cx.now));
    if (!revoked)
        return fail(Code::NotFound, "The organization has no live API key of that id");
    cx.touch(in.key_id.str());
    return ApiKeyRevokeOutput{{true, in.key_id}};
}

} // namespace

void add_api_keys(Registry& registry) {
    registry.write(kCreate, create);
    registry.read(kList, list);
    registry.write(kRevoke, revoke);
}

} // namespace landfall::operations
