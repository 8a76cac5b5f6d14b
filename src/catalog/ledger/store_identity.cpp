#include "catalog/ledger/store_identity.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind = "SELECT name FROM store_identity";
constexpr std::string_view kPut = R"(
INSERT INTO store_identity (one, name, named_at) VALUES (1, ?1, ?2)
ON CONFLICT (one) DO UPDATE SET name = excluded.name, named_at = excluded.named_at
    WHERE store_identity.name <> excluded.name)";

} // namespace

Result<std::optional<std::string>> find_store_identity(Session& session) {
    return session.first(kFind, [](const database::Row& row) { return row.str(0); });
}

Status put_store_identity(Session& session, std::string_view name, Timestamp at) {
    return done(session.run(kPut, name, at));
}

} // namespace landfall::catalog
