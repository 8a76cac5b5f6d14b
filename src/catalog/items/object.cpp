#include "catalog/items/object.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "schema/json.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace landfall::catalog {
namespace {

constexpr std::string_view kAcquire =
    "UPDATE object SET refs = refs + 1 WHERE organization_id = ?1 AND id = ?2 AND refs > 0";
constexpr std::string_view kRelease = R"(
UPDATE object SET refs = refs - 1, released_at = CASE WHEN refs = 1 THEN CAST(?3 AS BIGINT) ELSE NULL END
WHERE organization_id = ?1 AND id = ?2 AND refs > 0 RETURNING refs)";
constexpr std::string_view kListReleased = sql<select_from<ObjectRow>, R"(
WHERE released_at IS NOT NULL AND released_at < ?1 AND refs = 0
  AND NOT EXISTS (SELECT 1 FROM asset a WHERE a.object_id = object.id AND a.deleted_at IS NULL)
ORDER BY released_at, id LIMIT ?2)">;
constexpr std::string_view kForget = R"(
UPDATE asset SET object_id = NULL WHERE object_id = ?1 AND deleted_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM object o WHERE o.id = ?1 AND o.refs = 0))";
constexpr std::string_view kPurge = R"(
DELETE FROM object WHERE id = ?1 AND refs = 0
  AND NOT EXISTS (SELECT 1 FROM asset a WHERE a.object_id = object.id))";
constexpr std::string_view kCountCounted = R"(
SELECT count(*) FROM asset WHERE organization_id = ?1 AND object_id = ?2 AND deleted_at IS NULL AND is_rendition = 0)";
constexpr std::string_view kFindOfBlob = sql<select_from<ObjectRow>, " WHERE blob_key = ?1">;
constexpr std::string_view kListFrom =
    sql<select_from<ObjectRow>, " WHERE blob_key >= ?1 AND refs > 0 ORDER BY blob_key LIMIT ?2">;
constexpr std::string_view kListNewest = sql<select_from<ObjectRow>, " WHERE refs > 0 ORDER BY blob_key DESC LIMIT ?1">;
constexpr std::string_view kNoteObject = "UPDATE object SET sha256 = ?2 WHERE id = ?1";
constexpr std::string_view kNoteAssets = R"(
UPDATE asset SET checksum = coalesce(checksum, ?2),
    checksum_state = CASE WHEN checksum IS NULL OR checksum = ?2 THEN CAST(?3 AS TEXT) ELSE CAST(?4 AS TEXT) END
WHERE object_id = ?1)";
constexpr std::string_view kNoteFile = "UPDATE upload_file SET sha256 = ?2 WHERE blob_key = ?1";
constexpr std::string_view kBlobIsKnown = R"(
SELECT 1 FROM object WHERE blob_key = ?1
UNION ALL
SELECT 1 FROM job_blob WHERE blob_key = ?1
UNION ALL
SELECT 1 FROM upload_file f JOIN upload u ON u.id = f.upload_id
WHERE f.blob_key = ?1 AND u.state IN ('pending', 'uploading', 'processing')
UNION ALL
SELECT 1 FROM part_upload WHERE blob_key = ?1 AND state = 'in-progress')";

constexpr SqlText kNamedNowhere = R"(
WHERE NOT EXISTS (SELECT 1 FROM object WHERE blob_key = k.value)
  AND NOT EXISTS (SELECT 1 FROM job_blob WHERE blob_key = k.value)
  AND NOT EXISTS (SELECT 1 FROM upload_file f JOIN upload u ON u.id = f.upload_id
    WHERE f.blob_key = k.value AND u.state IN ('pending', 'uploading', 'processing'))
  AND NOT EXISTS (SELECT 1 FROM part_upload WHERE blob_key = k.value AND state = 'in-progress'))";
constexpr std::string_view kUnknownSqlite = sql<"SELECT k.value FROM json_each(?1) k", kNamedNowhere>;
constexpr std::string_view kUnknownPostgres =
    sql<"SELECT k.value FROM json_array_elements_text(CAST(CAST(?1 AS TEXT) AS JSON)) AS k(value)", kNamedNowhere>;

/// Each gives key, size, SHA-256 and whether it is needed, from a key on.
constexpr std::int64_t kBlobsAtOnce = 10'000;
constexpr std::array<std::string_view, 3> kListBlobs{
    R"(SELECT blob_key, size, sha256, CASE WHEN refs > 0 THEN 1 ELSE 0 END FROM object
WHERE blob_key > ?1 ORDER BY blob_key LIMIT ?2)",
    "SELECT blob_key, size, sha256, 1 FROM job_blob WHERE blob_key > ?1 ORDER BY blob_key LIMIT ?2",
    R"(SELECT f.blob_key, f.size, f.sha256, 1 FROM upload_file f JOIN upload u ON u.id = f.upload_id
WHERE f.blob_key IS NOT NULL AND f.blob_key > ?1 AND u.state IN ('pending', 'uploading', 'processing')
ORDER BY f.blob_key LIMIT ?2)"};

} // namespace

Status insert_object(Session& session, const ObjectRow& row) {
    return done(session.execute(insert_into<ObjectRow>, insert_values(row)));
}

Result<bool> acquire_object(Session& session, const OrganizationId& organization, const ObjectId& id) {
    return changed(session.run(kAcquire, organization, id));
}

Result<bool> release_object(Session& session, const OrganizationId& organization, const ObjectId& id, Timestamp at) {
    TRY(const auto refs, session.first(kRelease, read_as<std::int64_t>, organization, id, at));
    if (!refs)
        return fail(Code::NotFound, "The object is not in use.");
    return *refs == 0;
}

Result<std::vector<ObjectRow>> list_released_objects(Session& session, Timestamp released_before, std::int64_t limit) {
    return session.all(kListReleased, read_as<ObjectRow>, released_before, limit);
}

Result<bool> purge_object(Session& session, const ObjectId& id) {
    CHECK_OK(session.run(kForget, id));
    return changed(session.run(kPurge, id));
}

Result<std::int64_t> count_counted_assets(Session& session, const OrganizationId& organization, const ObjectId& id) {
    TRY(const auto count, session.first(kCountCounted, read_as<std::int64_t>, organization, id));
    return count.value_or(0);
}

Result<bool> has_objects(Session& session) {
    TRY(const auto one, session.first("SELECT 1 FROM object LIMIT 1", [](const Row&) { return true; }));
    return one.has_value();
}

Result<std::optional<ObjectRow>> find_object_of_blob(Session& session, std::string_view blob_key) {
    return session.first(kFindOfBlob, read_as<ObjectRow>, blob_key);
}

Status note_checksum(Session& session, const FoundChecksum& found) {
    CHECK_OK(session.run(kNoteObject, found.object_id, found.sha256));
    CHECK_OK(session.run(kNoteAssets, found.object_id, found.multihash, found.state, found.state_if_declared));
    return done(session.run(kNoteFile, found.blob_key, found.sha256));
}

Result<std::vector<ObjectRow>> list_objects_from(Session& session, std::string_view blob_key, std::int64_t limit) {
    return session.all(kListFrom, read_as<ObjectRow>, blob_key, limit);
}

Result<std::vector<ObjectRow>> list_newest_objects(Session& session, std::int64_t limit) {
    return session.all(kListNewest, read_as<ObjectRow>, limit);
}

Result<std::vector<NamedBlob>> list_named_blobs(Session& session) {
    std::vector<NamedBlob> blobs;
    for (const std::string_view sql : kListBlobs) {
        std::string last;
        std::size_t before = 0;
        do {
            before = blobs.size();
            CHECK_OK(session.each(
                sql, [&](const Row& row) { blobs.push_back({row.str(0), row.integer(1), row.str(2), row.boolean(3)}); },
                last, kBlobsAtOnce));
            last = blobs.empty() ? "" : blobs.back().key;
        } while (blobs.size() - before == static_cast<std::size_t>(kBlobsAtOnce));
    }
    // Of rows that share a blob one that needs it stands first.
    std::ranges::sort(blobs, [](const NamedBlob& a, const NamedBlob& b) {
        return std::tie(a.key, b.needed) < std::tie(b.key, a.needed);
    });
    const auto repeated = std::ranges::unique(blobs, {}, &NamedBlob::key);
    blobs.erase(repeated.begin(), repeated.end());
    return blobs;
}

Result<bool> blob_is_known(Session& session, std::string_view blob_key) {
    TRY(const auto known, session.first(kBlobIsKnown, [](const Row&) { return true; }, blob_key));
    return known.has_value();
}

Result<std::vector<std::string>> unknown_blobs(Session& session, const std::vector<std::string>& blob_keys) {
    return session.all(session.pick(kUnknownSqlite, kUnknownPostgres), read_as<std::string>,
                       Json::array_of(blob_keys).dump());
}

} // namespace landfall::catalog
