#include "catalog/work/job_link.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

struct LinkedEntity {
    std::string type;
    std::string id;
};
constexpr auto columns(Of<LinkedEntity>) {
    return excerpt("job_link", column("entity_type", &LinkedEntity::type), column("entity_id", &LinkedEntity::id));
}

constexpr std::string_view kInsertLink = sql<insert_into<JobLinkRow>, " ON CONFLICT DO NOTHING">;
constexpr std::string_view kListLinks =
    sql<select_from<LinkedEntity>, " WHERE job_id = ?1 AND role = ?2 ORDER BY entity_type, entity_id">;
constexpr std::string_view kFindOf = sql<"SELECT ", names_of<JobSummary, "j">, R"(
FROM job_link l JOIN job j ON j.id = l.job_id
WHERE l.organization_id = ?1 AND l.entity_type = ?2 AND l.entity_id = ?3 AND l.role = ?4 AND j.kind = ?5
ORDER BY j.created_at DESC, j.id DESC LIMIT 1)">;
constexpr std::string_view kInsertBlob = sql<insert_into<JobBlobRow>>;
constexpr std::string_view kFindBlob = sql<select_from<JobBlobRow>, " WHERE job_id = ?1 AND role = ?2 AND name = ?3">;
constexpr std::string_view kListSpent = sql<select_from<JobBlobRow, "b">, R"( JOIN job j ON j.id = b.job_id
WHERE j.state NOT IN ('pending', 'running')
  AND (b.role = 'input' OR j.deleted_at IS NOT NULL OR coalesce(j.completed_at, j.updated_at) < ?1)
ORDER BY b.job_id, b.role, b.name LIMIT ?2)">;
constexpr std::string_view kDeleteBlob = "DELETE FROM job_blob WHERE job_id = ?1 AND role = ?2 AND name = ?3";

} // namespace

Status insert_job_link(Session& session, const JobLinkRow& row) {
    return done(session.execute(kInsertLink, insert_values(row)));
}

Result<std::vector<Entity>> list_job_links(Session& session, const JobId& job, JobRole role) {
    TRY(const auto rows, session.all(kListLinks, read_as<LinkedEntity>, job, role));
    std::vector<Entity> entities;
    entities.reserve(rows.size());
    for (const auto& row : rows)
        entities.push_back({row.type, row.id});
    return entities;
}

Result<std::optional<JobSummary>> find_job_of(Session& session, std::string_view kind, const JobLinkRow& link) {
    return session.first(kFindOf, read_as<JobSummary>, link.organization_id, link.entity.type, link.entity.id,
                         link.role, kind);
}

Status insert_job_blob(Session& session, const JobBlobRow& row) {
    return done(session.execute(kInsertBlob, insert_values(row)));
}

Result<std::optional<JobBlobRow>> find_job_blob(Session& session, const JobId& job, JobRole role,
                                                std::string_view name) {
    return session.first(kFindBlob, read_as<JobBlobRow>, job, role, name);
}

Result<std::vector<JobBlobRow>> list_spent_job_blobs(Session& session, Timestamp outputs_before, std::int64_t limit) {
    return session.all(kListSpent, read_as<JobBlobRow>, outputs_before, limit);
}

Result<bool> delete_job_blob(Session& session, const JobBlobRow& row) {
    return changed(session.run(kDeleteBlob, row.job_id, row.role, row.name));
}

} // namespace landfall::catalog
