#include "domain/tenancy/organizations.hpp"

#include "domain/tenancy/access.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::size_t kAddressBytes = 16 * 1024;

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
    return std::tuple(
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
    return std::tuple(field("id", &T::id, {.required = true}), field("name", &T::name, {.required = true}),
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

} // namespace

void add_organizations(Registry& registry) {
    registry.write(kCreate, create);
}

} // namespace landfall::operations
