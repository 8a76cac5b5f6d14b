#include "catalog/sign_in/device_request.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kInsert = sql<insert_into<DeviceRequestRow>, " ON CONFLICT (user_code) DO NOTHING">;
constexpr std::string_view kFind = sql<select_from<DeviceRequestRow>, " WHERE digest = ?1">;
constexpr std::string_view kFindByUserCode = sql<select_from<DeviceRequestRow>, " WHERE user_code = ?1">;
constexpr std::string_view kUpdate = sql<update_of<DeviceRequestRow>>;
constexpr std::string_view kAnswer = R"(
UPDATE device_request SET state = ?2, user_id = ?3, organization_id = ?4 WHERE digest = ?1 AND state = ?5)";
constexpr std::string_view kPurge = R"(
DELETE FROM device_request WHERE digest IN
    (SELECT digest FROM device_request WHERE expires_at < ?1 ORDER BY expires_at, digest LIMIT ?2))";

constexpr std::string_view kInsertForm = sql<insert_into<SentFormRow>, " ON CONFLICT (digest) DO NOTHING">;
constexpr std::string_view kPurgeForms = R"(
DELETE FROM sent_form WHERE digest IN
    (SELECT digest FROM sent_form WHERE expires_at < ?1 ORDER BY expires_at, digest LIMIT ?2))";

} // namespace

Result<bool> insert_device_request(Session& session, const DeviceRequestRow& row) {
    return changed(session.execute(kInsert, insert_values(row)));
}

Result<std::optional<DeviceRequestRow>> find_device_request(Session& session, std::string_view digest) {
    return session.first(kFind, read_as<DeviceRequestRow>, digest);
}

Result<std::optional<DeviceRequestRow>> find_device_request_by_user_code(Session& session, std::string_view user_code) {
    return session.first(kFindByUserCode, read_as<DeviceRequestRow>, user_code);
}

Result<bool> update_device_request(Session& session, const DeviceRequestRow& row) {
    return changed(session.execute(kUpdate, update_values(row)));
}

Result<bool> answer_device_request(Session& session, const DeviceRequestRow& row, DeviceState from) {
    return changed(session.run(kAnswer, row.digest, row.state, row.user_id, row.organization_id, from));
}

Result<std::int64_t> purge_device_requests(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurge, before, limit);
}

Result<bool> insert_sent_form(Session& session, const SentFormRow& row) {
    return changed(session.execute(kInsertForm, insert_values(row)));
}

Result<std::int64_t> purge_sent_forms(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurgeForms, before, limit);
}

} // namespace landfall::catalog
