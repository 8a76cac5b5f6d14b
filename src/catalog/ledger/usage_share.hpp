#pragma once
/// What the parts of an organization use: its projects, items, users and API keys. Contract: extensions.md,
/// usage.breakdown.

#include "catalog/ledger/usage.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::catalog {

enum class UsageDimension { Project, User, Key, Item };

constexpr auto enum_names(schema::Of<UsageDimension>) {
    return std::array{std::pair{UsageDimension::Project, std::string_view("project")},
                      std::pair{UsageDimension::User, std::string_view("user")},
                      std::pair{UsageDimension::Key, std::string_view("key")},
                      std::pair{UsageDimension::Item, std::string_view("item")}};
}

/// What was sent or drawn in a month.
struct UsageShareRow {
    OrganizationId organization_id;
    Timestamp month{}; ///< its beginning, UTC
    UsageDimension dimension = UsageDimension::Project;
    std::string id; ///< of the project, user, key or item
    UsageKind kind = UsageKind::EgressBytes;
    std::int64_t amount = 0;
};

constexpr auto columns(Of<UsageShareRow>) {
    using R = UsageShareRow;
    using enum Use;
    return table("usage_share", column("organization_id", &R::organization_id, Key), column("month", &R::month, Key),
                 column("dimension", &R::dimension, Key), column("id", &R::id, Key), column("kind", &R::kind, Key),
                 column("amount", &R::amount));
}

/// Adds amounts to the shares.
Status add_usage_shares(Session& session, const std::vector<UsageShareRow>& shares);

/// Which shares a list shows, the largest first.
struct UsageShares {
    OrganizationId organization_id;
    UsageDimension dimension = UsageDimension::Project;
    Timestamp month{};
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
struct UsageShare {
    std::string id;
    std::optional<std::string> name; ///< nothing: it is gone
    std::int64_t storage_bytes = 0;  ///< now; what several hold counts for each
    std::int64_t egress_bytes = 0;   ///< in the month
    std::int64_t tiles = 0;          ///< in the month
};
struct UsageSharePage {
    std::vector<UsageShare> shares;
    std::int64_t total = 0;
};
Result<UsageSharePage> list_usage_shares(Session& session, const UsageShares& wanted);

} // namespace landfall::catalog
