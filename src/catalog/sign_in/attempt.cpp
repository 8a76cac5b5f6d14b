#include "catalog/sign_in/attempt.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kCount = sql<insert_into<SignInFailureRow>, R"(
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN sign_in_failure.since < ?5 THEN 1 ELSE sign_in_failure.failures + 1 END,
    since = CASE WHEN sign_in_failure.since < ?5 THEN excluded.since ELSE sign_in_failure.since END,
    last_at = excluded.last_at)">;
constexpr std::string_view kFindFailure = sql<select_from<SignInFailureRow>, " WHERE subject = ?1">;
constexpr std::string_view kForget = "DELETE FROM sign_in_failure WHERE subject = ?1";

constexpr std::string_view kPutAddress =
    sql<insert_into<SignInAddressRow>, " ON CONFLICT (user_id, address) DO UPDATE SET last_at = excluded.last_at">;
constexpr std::string_view kFindAddress = sql<select_from<SignInAddressRow>, " WHERE user_id = ?1 AND address = ?2">;

constexpr std::string_view kPurgeFailures = R"(
DELETE FROM sign_in_failure WHERE subject IN
    (SELECT subject FROM sign_in_failure WHERE last_at < ?1 ORDER BY last_at, subject LIMIT ?2))";
constexpr std::string_view kPurgeAddresses = R"(
DELETE FROM sign_in_address WHERE (user_id, address) IN
    (SELECT user_id, address FROM sign_in_address WHERE last_at < ?1 ORDER BY last_at, user_id, address LIMIT ?2))";

} // namespace

Status count_sign_in_failure(Session& session, std::string_view subject, Timestamp at, Timestamp window) {
    return done(session.run(kCount, subject, std::int64_t{1}, at, at, window));
}

Result<std::optional<SignInFailureRow>> find_sign_in_failure(Session& session, std::string_view subject) {
    return session.first(kFindFailure, read_as<SignInFailureRow>, subject);
}

Status forget_sign_in_failures(Session& session, std::string_view subject) {
    return done(session.run(kForget, subject));
}

Status put_sign_in_address(Session& session, const SignInAddressRow& row) {
    return done(session.execute(kPutAddress, insert_values(row)));
}

Result<std::optional<SignInAddressRow>> find_sign_in_address(Session& session, const UserId& user,
                                                             std::string_view address) {
    return session.first(kFindAddress, read_as<SignInAddressRow>, user, address);
}

Result<std::int64_t> purge_sign_in_failures(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurgeFailures, before, limit);
}

Result<std::int64_t> purge_sign_in_addresses(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurgeAddresses, before, limit);
}

} // namespace landfall::catalog
