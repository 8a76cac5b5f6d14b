#pragma once
/// Which organizations' catalog was changed: a row for each transaction and organization, for whoever keeps in memory
/// what it read. Rows are only added, so that transactions of one organization do not wait for each other.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace landfall::catalog {

/// A change as an engine numbers it.
template<Engine engine>
struct ChangeRow {
    OrganizationId organization_id;
};

constexpr auto columns(Of<ChangeRow<Engine::Sqlite>>) {
    using R = ChangeRow<Engine::Sqlite>;
    return table("catalog_change", generated("no"), column("organization_id", &R::organization_id), generated("at"));
}
constexpr auto columns(Of<ChangeRow<Engine::Postgres>>) {
    using R = ChangeRow<Engine::Postgres>;
    return table("catalog_change", generated("xid"), column("organization_id", &R::organization_id), generated("at"));
}

/// How long changes are kept; whoever has not looked for as long must take everything for changed.
inline constexpr std::chrono::minutes kChangesKept{60};

/// Up to where somebody has seen the changes; opaque, of one database.
struct ChangeMark {
    std::string seen;
};

/// Notes in the transaction at hand that it changes what was read of the organization.
Status note_change(Session& session, const OrganizationId& organization);

/// The organizations changed by transactions that committed since the mark, which moves to the snapshot at hand.
/// Without a mark: none, and a mark.
Result<std::vector<OrganizationId>> read_changes(Session& session, std::optional<ChangeMark>& mark);

/// Removes up to `limit` changes of this age by the database's clock, oldest first. How many.
Result<std::int64_t> purge_changes(Session& session, std::chrono::microseconds age, std::int64_t limit);

} // namespace landfall::catalog
