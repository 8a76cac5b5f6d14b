#include "catalog/sign_in/token_key.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind = sql<select_from<TokenKeyRow>, " WHERE id = ?1">;
constexpr std::string_view kList =
    sql<select_from<TokenKeyRow>,
        " WHERE retired_at IS NULL OR retired_at > ?1 ORDER BY retired_at IS NOT NULL, created_at DESC, id">;
constexpr std::string_view kRetire = "UPDATE token_key SET retired_at = ?1 WHERE retired_at IS NULL";
constexpr std::string_view kForget = "DELETE FROM token_key WHERE retired_at <= ?1";

} // namespace

Status insert_token_key(Session& session, const TokenKeyRow& row) {
    return done(session.execute(insert_into<TokenKeyRow>, insert_values(row)));
}

Result<std::optional<TokenKeyRow>> find_token_key(Session& session, std::string_view id) {
    return session.first(kFind, read_as<TokenKeyRow>, id);
}

Result<std::vector<TokenKeyRow>> list_token_keys(Session& session, Timestamp since) {
    return session.all(kList, read_as<TokenKeyRow>, since);
}

Status retire_token_keys(Session& session, Timestamp at, Timestamp since) {
    CHECK_OK(done(session.run(kForget, since)));
    return done(session.run(kRetire, at));
}

} // namespace landfall::catalog
