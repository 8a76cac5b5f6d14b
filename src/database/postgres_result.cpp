#include "database/postgres_result.hpp"

#include "core/text.hpp"
#include "database/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>

namespace landfall::database {
namespace {

constexpr Oid kBytea = 17;
constexpr std::size_t kQuotedSqlBytes = 400;

std::string_view trimmed(const char* text) {
    std::string_view out = text != nullptr ? text : "";
    while (!out.empty() && (out.back() == '\n' || out.back() == ' '))
        out.remove_suffix(1);
    return out;
}

std::string_view field(const PGresult* result, int code) {
    return result != nullptr ? trimmed(PQresultErrorField(result, code)) : std::string_view{};
}

std::string cause_of(const PGconn* connection, const PGresult* result, std::string_view sql) {
    const std::string_view primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string_view constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    return fmt::format("PostgreSQL {}: {}{}{}{}", sql_state(result),
                       primary.empty() ? trimmed(PQerrorMessage(connection)) : primary,
                       constraint.empty() ? "" : "; constraint ", constraint,
                       sql.empty() ? "" : fmt::format(" [{}]", sql.substr(0, kQuotedSqlBytes)));
}

constexpr std::string_view kNoPostgis =
    "PostgreSQL lacks PostGIS, which the catalog needs. Install it beside the server (on Debian the package "
    "postgresql-15-postgis-3, of your version), then let a superuser run in this database: CREATE EXTENSION postgis; "
    "CREATE EXTENSION btree_gist;";
constexpr std::string_view kMayNotExtend =
    "The database's user may not create extensions. Let a superuser run in this database, once: CREATE EXTENSION "
    "postgis; CREATE EXTENSION btree_gist;";
constexpr std::string_view kPostgisElsewhere =
    "PostGIS is there, but in a schema that the database's user does not search. Let a superuser run: ALTER EXTENSION "
    "postgis SET SCHEMA public; or add that schema to the user's search_path";
constexpr std::string_view kPooled =
    "The database is reached over a pooler that gives each transaction another connection, as PgBouncer does with "
    "pool_mode = transaction: prepared statements do not survive that. Set pool_mode = session for this database, or "
    "name PostgreSQL itself in the setting `database`";

std::string may_not_create(const PGconn* connection) {
    return fmt::format(
        "The database's user lacks rights that the catalog needs. Let a superuser make it the owner: "
        "ALTER DATABASE \"{0}\" OWNER TO \"{1}\"; and of what somebody else made in it: REASSIGN OWNED BY "
        "\"…\" TO \"{1}\";",
        PQdb(connection), PQuser(connection));
}

/// What is wrong with the way that the database was set up; empty for anything else.
std::string setup_fault(const PGconn* connection, std::string_view state, std::string_view message) {
    const auto says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
    const bool of_extension = says("extension");
    if ((state == "0A000" || state == "58P01") && of_extension)
        return std::string(kNoPostgis);
    if (state == "42501")
        return of_extension ? std::string(kMayNotExtend) : may_not_create(connection);
    if (state == "42704" && says("type \"geometry\""))
        return std::string(kPostgisElsewhere);
    if ((state == "26000" || state == "42P05") && says("prepared statement"))
        return std::string(kPooled);
    return {};
}

} // namespace

void PostgresClear::operator()(pg_result* result) const {
    PQclear(result);
}

bool PostgresRow::is_null(int column) const {
    return PQgetisnull(result_, row_, column) != 0;
}

std::string_view PostgresRow::text(int column) const {
    if (is_null(column))
        return {};
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::int64_t PostgresRow::integer(int column) const {
    const std::string_view digits = text(column);
    if (digits == "t")
        return 1;
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed == std::errc{} && (end == digits.data() + digits.size() || *end == '.'))
        return value;
    const double fraction = real(column);
    const bool fits = fraction > -9.2e18 && fraction < 9.2e18;
    return fits ? static_cast<std::int64_t>(fraction) : 0;
}

double PostgresRow::real(int column) const {
    const std::string_view digits = text(column);
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::string PostgresRow::blob(int column) const {
    const std::string_view bytes = text(column);
    if (PQftype(result_, column) != kBytea || !bytes.starts_with("\\x"))
        return std::string(bytes);
    return from_hex(bytes.substr(2)).value_or(std::string{});
}

std::string_view sql_state(const pg_result* result) {
    return field(result, PG_DIAG_SQLSTATE);
}

Error pooled_by_transaction() {
    return {Code::Unavailable, std::string(kPooled)};
}

bool is_retryable(std::string_view state) {
    return state == "40001" || state == "40P01";
}

Error postgres_error(const pg_conn* connection, const pg_result* result, std::string_view sql) {
    std::string cause = cause_of(connection, result, sql);
    const std::string_view state = sql_state(result);
    const std::string_view kind = state.substr(0, 2);
    if (kind == "23")
        return violated(std::move(cause));
    if (state == "57014")
        return Error{Code::DeadlineExceeded, "The catalog took too long to answer. Narrow the request."}.because(
            std::move(cause));
    if (state == "22021" || state == "22P05")
        return Error{Code::InvalidArgument, "Text must be valid UTF-8 and must not contain the character U+0000."}
            .because(std::move(cause));
    if (auto fault = setup_fault(connection, state, field(result, PG_DIAG_MESSAGE_PRIMARY)); !fault.empty())
        return Error{Code::Unavailable, std::move(fault)}.because(cause_of(connection, result, {}));
    if (state == "53100")
        return disk_full(std::move(cause));
    if (state.empty() || kind == "08" || kind == "53" || kind == "57" || kind == "58" || state == "55P03" ||
        state == "25P03" || is_retryable(state) || PQstatus(connection) == CONNECTION_BAD)
        return unavailable(std::move(cause));
    return fail_internal(std::move(cause)).value();
}

} // namespace landfall::database
