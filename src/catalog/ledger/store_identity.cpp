#include "catalog/ledger/store_identity.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind = sql<select_from<StoreIdentityRow>, "">;
constexpr std::string_view kPut = sql<insert_into<StoreIdentityRow>, R"(
ON CONFLICT (one) DO UPDATE SET name = excluded.name, named_at = excluded.named_at
    WHERE store_identity.name <> excluded.name)">;

} // namespace

Result<std::optional<std::string>> find_store_identity(Session& session) {
    TRY(auto row, session.first(kFind, read_as<StoreIdentityRow>));
    return row ? std::optional(std::move(row->name)) : std::nullopt;
}

Status put_store_identity(Session& session, std::string_view name, Timestamp at) {
    return done(session.execute(kPut, insert_values(StoreIdentityRow{1, std::string(name), at})));
}

} // namespace landfall::catalog
