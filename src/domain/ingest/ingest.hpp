#pragma once
/// Completing an upload: its files become items. Three steps, so that slow work holds no transaction: claim (→
/// processing, under a lease with a heartbeat), probe every primary file in the sandbox, then one transaction that
/// makes items, assets, profiles, lineage and quota true together. Design: sections 3 and 5.

#include "catalog/work/upload.hpp"
#include "domain/context.hpp"
#include "domain/ingest/upload_claim.hpp"
#include "domain/items/renditions.hpp"
#include "imagery/facts.hpp"
#include "imagery/tasks.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// One stored file of a session with what its content is.
struct IngestFile {
    catalog::UploadFileRow row;
    std::string media_type;
    std::string safe_name; ///< under which a worker sees it
};

/// One primary file, what was found in it, the sidecars that served it and what else lay beside it.
struct IngestGroup {
    IngestFile primary;
    std::vector<IngestFile> sidecars; ///< those without a safe_name no worker sees
    imagery::Facts facts;
    bool known = false;         ///< read earlier, and noted
    std::optional<MadeCog> cog; ///< made at once where nothing could be drawn from the file itself
};

/// What was found in the group holds for these bytes, read so.
std::string reading_of(const catalog::UploadRow& upload, const IngestGroup& group);

/// The outcome of claiming and probing, ready to be committed. Destroying it uncommitted gives the session back.
struct PreparedIngest {
    catalog::UploadRow upload;
    std::vector<IngestGroup> groups;
    std::vector<std::string> left_out;  ///< blobs of files that are neither data nor beside some
    std::string token;                  ///< of who claimed it; empty: the session was completed before
    std::unique_ptr<UploadClaim> claim; ///< by this call
    bool unfinished = false;            ///< there was no time for all files: see `hand_over_ingest`
};

/// The session that `uploads.complete` means: the given one, or without an id the caller's only open one.
Result<UploadId> resolve_upload(Call& call, const std::optional<std::string>& id);

/// Claims and probes; `crs`: a code or WKT, of files that declare none. Conflict if the session failed or has signed
/// files that were never sent, Aborted while someone else completes it. InvalidArgument naming every primary file that
/// cannot be used: the session has failed then and its reservation is back.
Result<PreparedIngest> prepare_ingest(Call& call, const UploadId& id, const std::optional<std::string>& crs = {});

/// Goes on with a session that was handed over: reads as many files as `time` lets. Fails as `prepare_ingest` does, but
/// leaves the session as it is.
Result<PreparedIngest> resume_ingest(const Services& services, const catalog::UploadRow& upload,
                                     std::chrono::milliseconds time);

/// What somebody should know of a file that became an asset all the same.
struct UploadWarning {
    std::string item_id, file_name, message;
};

constexpr auto describe(schema::Of<UploadWarning>) {
    using schema::field;
    using T = UploadWarning;
    return schema::fields(field("item_id", &T::item_id, {.required = true}),
                          field("file_name", &T::file_name, {.required = true}),
                          field("message", &T::message, {.required = true}));
}

/// The warnings of all that the session brought into these items and that is still there.
Result<std::vector<UploadWarning>> upload_warnings(Context& cx, const catalog::UploadRow& upload,
                                                   const std::vector<std::string>& item_ids);

/// Makes the items; gives their ids. PaymentRequired if the real bytes do not fit the quota (the session stays open).
Result<std::vector<std::string>> commit_ingest(Context& cx, const PreparedIngest& prepared);

} // namespace landfall::domain
