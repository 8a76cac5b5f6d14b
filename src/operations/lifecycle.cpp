#include "domain/upkeep/lifecycle.hpp"

#include "catalog/items/item_lifecycle.hpp"
#include "domain/items/item_record.hpp"
#include "domain/items/restore.hpp"
#include "domain/items/retention.hpp"
#include "domain/tenancy/access.hpp"
#include "operations/empty.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

using domain::ItemRecord;

constexpr std::int64_t kMostListed = 1000;
constexpr std::size_t kMostTouched = 1000; ///< ids in one audit record

struct ExpiringInput {
    std::int64_t days = 7;
};
constexpr auto describe(schema::Of<ExpiringInput>) {
    return schema::fields(schema::field("days", &ExpiringInput::days, {.min = 0, .max = 36'500}));
}

constexpr OperationSpec kListExpiring{
    .id = "items.list_expiring",
    .scope = "admin:read",
    .side_effect = SideEffect::Read,
    .summary = "List the organization's items whose retention ends within so many days, the first 1000 to end.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<schema::RawOf<ItemRecord>>> list_expiring(domain::Context& cx, const ExpiringInput& in) {
    TRY(const auto id, domain::own_organization(cx));
    CHECK_OK(domain::require_organization(cx, id, auth::OrganizationRole::Admin));
    TRY(const domain::Retention retention, catalog::find_retention_terms(cx.session, id));
    catalog::EndingItems ending{id, cx.now + std::chrono::days(in.days), 0, kMostListed};
    if (retention.plan == catalog::Plan::Free)
        ending.warning_us = std::chrono::microseconds(domain::warning_of(retention)).count();
    TRY(auto records, catalog::list_ending_items(cx.session, ending));
    std::vector<schema::RawOf<ItemRecord>> items;
    items.reserve(records.size());
    for (auto& record : records)
        items.push_back({std::move(record)});
    return items;
}

struct ExpireBatchOutput {
    std::int64_t expired = 0;
    std::vector<ItemId> item_ids;
};
constexpr auto describe(schema::Of<ExpireBatchOutput>) {
    using schema::field;
    return schema::fields(field("expired", &ExpireBatchOutput::expired, {.required = true}),
                          field("item_ids", &ExpireBatchOutput::item_ids, {.required = true}));
}

constexpr OperationSpec kExpireBatch{
    .id = "items.expire_batch",
    .scope = "admin:write",
    .side_effect = SideEffect::Compute,
    .summary = "Expire the organization's items that are past the retention of the free plan.",
};

Result<std::vector<ItemId>> expire(domain::Call& call, const Empty& /*in*/) {
    TRY(const auto organization, domain::own_organization(call));
    return domain::expire_items(call.services.transactor, organization, call.now);
}

Result<ExpireBatchOutput> tell_expired(domain::Context& cx, const Empty& /*in*/, std::vector<ItemId>& expired) {
    for (const auto& id : std::span(expired).first(std::min(expired.size(), kMostTouched)))
        cx.touch(id.str());
    return ExpireBatchOutput{std::ssize(expired), expired};
}

struct ItemRestoreInput {
    ItemId item_id;
};
constexpr auto describe(schema::Of<ItemRestoreInput>) {
    return schema::fields(schema::field("item_id", &ItemRestoreInput::item_id, {.required = true}));
}

constexpr OperationSpec kRestore{
    .id = "items.restore",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Bring a deleted item back, with the assets that were deleted with it, until it is purged.",
    .errors = Code::PaymentRequired | Code::Conflict,
    .is_extension = true,
};

Result<ItemRecord> restore(domain::Context& cx, const ItemRestoreInput& in) {
    return domain::restore_item(cx, in.item_id).map([](const auto& row) { return domain::item_record(row); });
}

} // namespace

void add_lifecycle(Registry& registry) {
    registry.read(kListExpiring, list_expiring, Pace::Search);
    registry.prepared_write(kExpireBatch, expire, tell_expired);
    registry.write(kRestore, restore);
}

} // namespace landfall::operations
