#pragma once
/// Organizations: the tenants. Everything else belongs to one. What reads here knows no deleted ones.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct OrganizationRow {
    OrganizationId id;
    std::string name;
    std::string slug;           ///< unique
    std::string profile = "{}"; ///< JSON object: description and the other business fields
    bool enterprise_billing = false;
    std::optional<std::int64_t> quota_bytes;    ///< nothing: unlimited
    std::optional<std::int64_t> retention_days; ///< nothing: items never expire
    bool past_due = false;                      ///< owes for its subscription
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
};

constexpr auto columns(Of<OrganizationRow>) {
    using R = OrganizationRow;
    using enum Use;
    return table("organization", column("id", &R::id, Key), column("name", &R::name, Mutable),
                 column("slug", &R::slug, Mutable), column("profile", &R::profile, Mutable),
                 column("enterprise_billing", &R::enterprise_billing, Mutable),
                 column("quota_bytes", &R::quota_bytes, Mutable), column("retention_days", &R::retention_days, Mutable),
                 column("past_due", &R::past_due, Mutable), column("created_at", &R::created_at),
                 column("updated_at", &R::updated_at, Mutable), column("deleted_at", &R::deleted_at, Mutable));
}

/// Adds an organization and its zeroed usage counters. False if its slug is taken; Conflict if its id is.
Result<bool> insert_organization(Session& session, const OrganizationRow& row);
Result<std::optional<OrganizationRow>> find_organization(Session& session, const OrganizationId& id);
/// The same, its row locked against other writers until the transaction ends (PostgreSQL; SQLite has one writer).
Result<std::optional<OrganizationRow>> lock_organization(Session& session, const OrganizationId& id);
Result<std::optional<OrganizationRow>> find_organization_by_slug(Session& session, std::string_view slug);
/// The oldest organization of exactly that name.
Result<std::optional<OrganizationRow>> find_organization_by_name(Session& session, std::string_view name);
/// Oldest first.
Result<std::vector<OrganizationRow>> list_organizations(Session& session);
/// Writes the mutable columns. False if unknown.
Result<bool> update_organization(Session& session, const OrganizationRow& row);
/// `wanted`, or `wanted-2`, `wanted-3`, …: the first slug that is free as far as this session sees.
Result<std::string> free_organization_slug(Session& session, std::string_view wanted);

} // namespace landfall::catalog
