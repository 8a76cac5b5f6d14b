#include "domain/tenancy/organizations.hpp"

#include "catalog/tenancy/subscription.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/upkeep/retention_change.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::size_t kAddressBytes = 16 * 1024;
constexpr std::string_view kStandings[] = {"good", "past_due"};

struct OrganizationCreateInput {
    std::string name;
    std::optional<std::string> description, website, industry, size, country, abn, tax_number, billing_email,
        billing_admin_id;
    std::optional<schema::JsonObject> billing_address;
    bool enterprise_billing = false;
};

constexpr auto describe(schema::Of<OrganizationCreateInput>) {
    using schema::field;
    using T = OrganizationCreateInput;
    return schema::fields(
        field("name", &T::name, {.required = true, .min_length = 1, .max_length = 255}),
        field("description", &T::description, {.max_length = 16384}),
        field("website", &T::website, {.max_length = 1000}), field("industry", &T::industry, {.max_length = 1000}),
        field("size", &T::size, {.max_length = 1000}), field("country", &T::country, {.max_length = 1000}),
        field("abn", &T::abn, {.max_length = 1000}), field("tax_number", &T::tax_number, {.max_length = 1000}),
        field("billing_email", &T::billing_email, {.max_length = 1000}),
        field("billing_admin_id", &T::billing_admin_id, {.max_length = 1000}),
        field("billing_address", &T::billing_address), field("enterprise_billing", &T::enterprise_billing));
}

struct OrganizationCreateOutput {
    OrganizationId id;
    std::string name, slug;
    bool enterprise_billing = false;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<OrganizationCreateOutput>) {
    using schema::field;
    using T = OrganizationCreateOutput;
    return schema::fields(field("id", &T::id, {.required = true}), field("name", &T::name, {.required = true}),
                          field("slug", &T::slug, {.text = "Unique, for URLs", .required = true}),
                          field("enterprise_billing", &T::enterprise_billing, {.required = true}),
                          field("created_at", &T::created_at, {.required = true}));
}

constexpr OperationSpec kCreate{
    .id = "organizations.create",
    .scope = "organizations:write",
    .side_effect = SideEffect::Compute,
    .summary = "Create an organization and enrol the caller's user as its owner.",
    .errors = Code::Conflict,
    .accepts_idempotency_key = true,
};

Result<OrganizationCreateOutput> create(domain::Context& cx, const OrganizationCreateInput& in) {
    CHECK_OK(domain::check_may_found(cx));
    catalog::OrganizationRow row;
    row.name = in.name;
    row.enterprise_billing = in.enterprise_billing;
    // The business fields are kept as they came, without the two that have columns.
    TRY(Json profile, Json::parse(schema::to_json_text(in)));
    if (in.billing_address && in.billing_address->value.dump().size() > kAddressBytes)
        return fail_field("billing_address", "The billing address takes more than 16 KiB as JSON");
    profile.erase("name");
    profile.erase("enterprise_billing");
    row.profile = profile.dump();
    TRY(const auto made, domain::create_organization(cx.session, std::move(row), cx.principal.user_id, cx.now));
    cx.touch(made.id.str());
    return OrganizationCreateOutput{made.id, made.name, made.slug, made.enterprise_billing, made.created_at};
}

struct OrganizationGetInput {
    OrganizationId organization_id;
};
constexpr auto describe(schema::Of<OrganizationGetInput>) {
    return schema::fields(schema::field("organization_id", &OrganizationGetInput::organization_id, {.required = true}));
}

struct OrganizationResponse {
    OrganizationId id;
    std::string name, slug;
    catalog::Plan plan = catalog::Plan::Paid;
    std::string standing;
    std::optional<std::int64_t> quota_bytes, retention_days;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<OrganizationResponse>) {
    using schema::field;
    using T = OrganizationResponse;
    return schema::fields(field("id", &T::id, {.required = true}), field("name", &T::name, {.required = true}),
                          field("slug", &T::slug, {.text = "Unique, for URLs", .required = true}),
                          field("plan", &T::plan, {.required = true}),
                          field("standing", &T::standing,
                                {.text = "past_due: files are not handed out", .required = true, .one_of = kStandings}),
                          field("quota_bytes", &T::quota_bytes, {.text = "null: unlimited"}),
                          field("retention_days", &T::retention_days, {.text = "null: items are kept for good"}),
                          field("created_at", &T::created_at, {.required = true}));
}

Result<OrganizationResponse> response(domain::Context& cx, const catalog::OrganizationRow& row) {
    TRY(const auto subscription, catalog::find_subscription(cx.session, row.id));
    return OrganizationResponse{row.id,
                                row.name,
                                row.slug,
                                subscription.plan,
                                std::string(row.past_due ? kStandings[1] : kStandings[0]),
                                row.quota_bytes,
                                row.retention_days,
                                row.created_at};
}

constexpr OperationSpec kGet{
    .id = "organizations.get",
    .scope = "usage:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one organization with its plan, quota and retention.",
    .is_extension = true,
};

Result<OrganizationResponse> get(domain::Context& cx, const OrganizationGetInput& in) {
    TRY(const auto row, domain::require_organization(cx, in.organization_id, auth::OrganizationRole::Member));
    return response(cx, row);
}

struct OrganizationUpdateInput : OrganizationGetInput {
    std::optional<std::string> name;
    schema::Patch<std::int64_t> retention_days;
};

constexpr auto describe(schema::Of<OrganizationUpdateInput>) {
    using schema::field;
    using T = OrganizationUpdateInput;
    return schema::joined(
        describe(schema::Of<OrganizationGetInput>{}),
        schema::fields(field("name", &T::name, {.min_length = 1, .max_length = 255}),
                       field("retention_days", &T::retention_days,
                             {.text = "Days that items are kept; null: for good", .min = 1, .max = 36500})));
}

constexpr OperationSpec kUpdate{
    .id = "organizations.update",
    .scope = "organizations:write",
    .side_effect = SideEffect::Compute,
    .summary = "Rename an organization, or change how long its items are kept; null turns that off.",
    .is_extension = true,
};

Result<OrganizationResponse> update(domain::Context& cx, const OrganizationUpdateInput& in) {
    if (in.name)
        CHECK_OK(domain::rename_organization(cx, in.organization_id, *in.name));
    if (in.retention_days.value)
        CHECK_OK(domain::change_retention(cx, in.organization_id, *in.retention_days.value));
    TRY(const auto row, domain::require_organization(cx, in.organization_id, auth::OrganizationRole::Admin));
    cx.touch(row.id.str());
    cx.transaction.changes(row.id);
    return response(cx, row);
}

} // namespace

void add_organizations(Registry& registry) {
    registry.write(kCreate, create);
    registry.read(kGet, get);
    registry.write(kUpdate, update);
}

} // namespace landfall::operations
