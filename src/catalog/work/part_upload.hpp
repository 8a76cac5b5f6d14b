#pragma once
/// Files that come in parts, whatever they are for. The parts' bytes and digests are the store's; here is what is
/// counted of them. Every change of state is one conditional update that tells whether it won.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall {

namespace tag {
struct PartUpload {
    static constexpr std::string_view prefix = "pu_";
};
} // namespace tag
using PartUploadId = Id<tag::PartUpload>;

} // namespace landfall

namespace landfall::catalog {

enum class PartUploadState { InProgress, Completed, Aborted };

constexpr auto enum_names(Of<PartUploadState>) {
    return std::array{std::pair{PartUploadState::InProgress, std::string_view("in-progress")},
                      std::pair{PartUploadState::Completed, std::string_view("completed")},
                      std::pair{PartUploadState::Aborted, std::string_view("aborted")}};
}

struct PartUploadRow {
    PartUploadId id;
    OrganizationId organization_id;
    ProjectId project_id;
    std::string principal_id;          ///< user or API key that began it
    std::string blob_key;              ///< of the blob that the parts become
    std::string target;                ///< what the file is for; at most one in progress for each
    std::optional<UploadId> upload_id; ///< of the session whose file it is, which reserves the bytes
    std::string file_name;             ///< within that session; else empty
    std::string content_type;
    std::string declared = "{}";           ///< JSON of the target's own
    std::optional<std::int64_t> part_size; ///< bytes of every part but the last; nothing: they may differ
    std::optional<std::int64_t> size;      ///< of the whole file, if it was told
    std::optional<std::string> sha256;     ///< of the whole file, hexadecimal, as the client declares
    PartUploadState state = PartUploadState::InProgress;
    std::int64_t received_bytes = 0; ///< of the parts that have come
    std::int64_t reserved_bytes = 0; ///< of the quota; 0 where a session reserves
    std::optional<std::string> claim_token;
    std::optional<Timestamp> lease_until;
    std::optional<std::int64_t> server_epoch;
    std::optional<std::string> etag; ///< `md5-of-md5s-N` without quotes, of what was or is being put together
    std::optional<std::int64_t> stored_size;
    std::optional<std::string> stored_sha256; ///< hexadecimal, where it follows from the parts
    std::optional<std::string> parts_digest;  ///< hexadecimal SHA-256 of the numbers and MD5s that were put together
    Timestamp created_at{};
    Timestamp last_activity_at{};
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> ended_at;
};

constexpr auto columns(Of<PartUploadRow>) {
    using R = PartUploadRow;
    using enum Use;
    return table("part_upload", column("id", &R::id, Key), column("organization_id", &R::organization_id),
                 column("project_id", &R::project_id), column("principal_id", &R::principal_id),
                 column("blob_key", &R::blob_key), column("target", &R::target), column("upload_id", &R::upload_id),
                 column("file_name", &R::file_name), column("content_type", &R::content_type),
                 column("declared", &R::declared), column("part_size", &R::part_size), column("size", &R::size),
                 column("sha256", &R::sha256), column("state", &R::state), column("received_bytes", &R::received_bytes),
                 column("reserved_bytes", &R::reserved_bytes), column("claim_token", &R::claim_token),
                 column("lease_until", &R::lease_until), column("server_epoch", &R::server_epoch),
                 column("etag", &R::etag), column("stored_size", &R::stored_size),
                 column("stored_sha256", &R::stored_sha256), column("parts_digest", &R::parts_digest),
                 column("created_at", &R::created_at), column("last_activity_at", &R::last_activity_at),
                 column("expires_at", &R::expires_at), column("ended_at", &R::ended_at));
}

/// A part that has come, as it is counted.
struct ArrivedPartRow {
    PartUploadId part_upload_id;
    std::int64_t number = 0;
    std::int64_t size = 0;
    Timestamp put_at{};
};

constexpr auto columns(Of<ArrivedPartRow>) {
    using R = ArrivedPartRow;
    using enum Use;
    return table("part_upload_part", column("part_upload_id", &R::part_upload_id, Key),
                 column("number", &R::number, Key), column("size", &R::size, Mutable),
                 column("put_at", &R::put_at, Mutable));
}

/// False if the target has one in progress.
Result<bool> insert_part_upload(Session& session, const PartUploadRow& row);
Result<std::optional<PartUploadRow>> find_part_upload(Session& session, const OrganizationId& organization,
                                                      const PartUploadId& id);
/// By id alone: the storage path names no organization, its signature stands for it.
Result<std::optional<PartUploadRow>> find_part_upload_of_any_organization(Session& session, const PartUploadId& id);
/// The one in progress for a target.
Result<std::optional<PartUploadRow>> find_open_part_upload(Session& session, const OrganizationId& organization,
                                                           std::string_view target);
/// The one whose parts are or became the blob.
Result<std::optional<PartUploadRow>> find_part_upload_of_blob(Session& session, std::string_view blob_key);

struct PartUploadQuery {
    OrganizationId organization_id;
    std::string target;
    std::optional<PartUploadState> state;
    std::string after;  ///< an id: those that were begun later
    std::string before; ///< an id: those that were begun earlier, the last of them; empty: from the first
    std::int64_t limit = 100;
};
/// Those of a target in the order in which they were begun.
Result<std::vector<PartUploadRow>> list_part_uploads(Session& session, const PartUploadQuery& query);
/// Those in progress of a session, by file name.
Result<std::vector<PartUploadRow>> list_open_part_uploads(Session& session, const UploadId& upload);
/// Those in progress of a project that belong to no session.
Result<std::vector<PartUploadRow>> list_open_part_uploads(Session& session, const OrganizationId& organization,
                                                          const ProjectId& project, std::int64_t limit);
/// Those in progress that belong to no session and to which nothing came since, of every organization.
Result<std::vector<PartUploadRow>> list_idle_part_uploads(Session& session, Timestamp idle_since, std::int64_t limit);
/// Bytes of the parts that have come for a session.
Result<std::int64_t> sum_part_bytes(Session& session, const UploadId& upload);
/// Whether the blob's parts are those of one in progress.
Result<bool> is_open_part_upload(Session& session, std::string_view blob_key);

/// Counts a part that is about to become durable in place of an earlier one of its number, and takes the claim away
/// that the caller found stale. By how many bytes there are more; nothing if it has ended or is being completed.
Result<std::optional<std::int64_t>> count_part(Session& session, const ArrivedPartRow& part,
                                               const std::optional<std::string>& stale_claim);
/// By number, after one.
Result<std::vector<ArrivedPartRow>> list_arrived_parts(Session& session, const PartUploadId& id, std::int64_t after,
                                                       std::int64_t limit);
/// Changes what is reserved by so many bytes.
Status move_part_reservation(Session& session, const PartUploadId& id, std::int64_t bytes);
/// Something was done for it.
Status touch_part_upload(Session& session, const PartUploadId& id, Timestamp at);

struct PartClaim {
    std::string token; ///< random, unique to this try
    Timestamp now{};
    Timestamp lease_until{};
    std::int64_t server_epoch = 0; ///< claims of an earlier epoch may be retaken at once
};
/// Keeps others from adding parts and from ending it. False: somebody else holds it or it has ended.
Result<bool> claim_part_upload(Session& session, const PartUploadId& id, const PartClaim& claim);
/// Prolongs a lease that still is ours. False: lost.
Result<bool> renew_part_claim(Session& session, const PartUploadId& id, std::string_view token, Timestamp lease_until);
Status return_part_claim(Session& session, const PartUploadId& id, std::string_view token);

/// What the parts become.
struct PartSeal {
    std::string etag;
    std::int64_t size = 0;
    std::optional<std::string> sha256;
    std::string parts_digest;
};
/// Notes under our token what the store is about to put together, so that nothing is lost if it has and we are gone.
/// False: lost.
Result<bool> seal_part_upload(Session& session, const PartUploadId& id, std::string_view token, const PartSeal& seal);
/// To completed, from in progress under our token; the reservation is then 0. False: lost.
Result<bool> complete_part_upload(Session& session, const PartUploadId& id, std::string_view token, Timestamp at);
/// To aborted, from in progress unless somebody else completes it: `by.token` may be what holds it. Gives the bytes
/// that were reserved for the caller to release; nothing if it has ended or is held.
Result<std::optional<std::int64_t>> abort_part_upload(Session& session, const PartUploadId& id, const PartClaim& by);
/// To aborted, whoever holds it.
Result<std::optional<std::int64_t>> end_part_upload(Session& session, const PartUploadId& id, Timestamp at);
/// Removes at most `limit` of every organization that ended before; how many.
Result<std::int64_t> purge_part_uploads(Session& session, Timestamp before, std::int64_t limit);

} // namespace landfall::catalog
