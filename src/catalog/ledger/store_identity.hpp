#pragma once
/// Which object store this catalog's objects lie in.

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

/// The only row, once there is one.
struct StoreIdentityRow {
    std::int64_t one = 1;
    std::string name;
    Timestamp named_at{};
};

constexpr auto columns(Of<StoreIdentityRow>) {
    using R = StoreIdentityRow;
    using enum Use;
    return table("store_identity", column("one", &R::one, Key), column("name", &R::name),
                 column("named_at", &R::named_at));
}

/// The name of the store; nothing before one was given.
Result<std::optional<std::string>> find_store_identity(Session& session);
/// Replaces the name.
Status put_store_identity(Session& session, std::string_view name, Timestamp at);

} // namespace landfall::catalog
