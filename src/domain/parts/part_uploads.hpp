#pragma once
/// Files that come in parts, for whoever has something to make of them: an upload session, an asset of a STAC item.
/// Here they begin, are signed, listed and given up; `part_write.hpp` receives a part, `assembly.hpp` puts the parts
/// together. Nothing here asks who calls: whoever owns the target has.
/// Contract: extensions.md "Upload in parts"; spec: "Multipart upload", Amazon S3 User Guide.

#include "catalog/work/part_upload.hpp"
#include "domain/context.hpp"
#include "storage/part_store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// The largest part, and the least size of parts that a client may choose where parts are alike.
inline constexpr std::int64_t kLargestPart = 5LL << 30; ///< bytes
/// Parts have this size unless the file is so large that it would need too many of them.
inline constexpr std::int64_t kUsualPart = 8LL << 20; ///< bytes

/// Parts of one file, numbered from 1.
inline constexpr std::int64_t kMostParts = storage::kMostParts;

/// Key of the storage face under which parts are PUT: `parts/{id}`.
inline constexpr std::string_view kPartsPrefix = "parts/";
/// Query parameters of a signed part URL; the last binds the MD5 that must be sent (base64).
inline constexpr std::string_view kPartNumberParameter = "partNumber";
inline constexpr std::string_view kUploadIdParameter = "uploadId";
inline constexpr std::string_view kContentMd5Parameter = "contentMd5";

struct NewPartUpload {
    OrganizationId organization_id;
    ProjectId project_id;
    std::string target;                ///< opaque; at most one is in progress for each
    std::optional<UploadId> upload_id; ///< of a session that reserves the bytes
    std::string file_name;             ///< within that session
    std::string content_type = "application/octet-stream";
    std::string declared = "{}";           ///< JSON of the target's own
    std::optional<std::int64_t> part_size; ///< of every part but the last; nothing: they may differ
    std::optional<std::int64_t> size;      ///< of the whole file
    std::optional<std::string> sha256;     ///< of the whole file, hexadecimal
};
/// Begins one within the caller's transaction, which has checked the target. Nothing if the target has one in progress,
/// of however many calls at once: `catalog::find_open_part_upload` tells which.
Result<std::optional<catalog::PartUploadRow>> begin_part_upload(Context& cx, const NewPartUpload& wanted);

/// How many parts a file of that size has; at least one.
std::int64_t part_count(std::int64_t size, std::int64_t part_size);
/// `kUsualPart`, or so much that the file needs no more parts than may be, in whole MiB.
std::int64_t usual_part_size(const std::optional<std::int64_t>& size);

struct PartToSign {
    int number = 0;                         ///< 1 .. storage::kMostParts
    std::optional<std::string> content_md5; ///< base64: the Content-MD5 that the PUT must carry
};
struct PartUrl {
    int part_number = 0;
    std::string url;
    Timestamp expires_at{};
};
/// Mints URLs to which parts are PUT: each is bound to method, host, part, expiry and the MD5 if one is given, and to
/// no Content-Type. Checks nothing: the parts of one that has ended are refused when they come.
std::vector<PartUrl> sign_parts(const Call& call, const catalog::PartUploadRow& upload,
                                std::span<const PartToSign> parts);

/// A part that is durable.
struct ListedPart {
    int number = 0;
    std::int64_t size = 0;
    std::string md5; ///< hexadecimal
    Timestamp modified{};
};
/// The durable parts by number; none of one that has ended. Reads the store: not for a transaction that writes.
Result<std::vector<ListedPart>> list_parts(const Services& services, const catalog::PartUploadRow& upload);

/// Gives one up within the caller's transaction: its reservation goes back at once, its parts go after the commit.
/// Conflict if it has ended, Aborted while another call puts it together. `reason` names the entry of the usage ledger.
Status abort_parts(Context& cx, const catalog::PartUploadRow& upload, std::string_view reason);
/// Ends those of no session to which nothing has come since; how many of at most `limit`.
Result<std::int64_t> end_idle_parts(catalog::Transaction& transaction, Timestamp idle_since, std::int64_t limit,
                                    Timestamp at);

} // namespace landfall::domain
