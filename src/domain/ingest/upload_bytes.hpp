#pragma once
/// The bytes of an upload session: what one PUT to a signed URL may do. Design: section 7.

#include "catalog/ledger/audit.hpp"
#include "catalog/work/upload.hpp"
#include "domain/context.hpp"
#include "domain/parts/arriving_bytes.hpp"
#include "storage/object_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::domain {

/// One PUT in flight. One thread at a time. Destroyed before `commit`: nothing happened.
class UploadWrite {
public:
    /// Opens a slot of an open session for writing. `object_path` is the signed one, decoded. NotFound for a path that
    /// is none of ours, PermissionDenied once the session no longer takes files, PayloadTooLarge if the declared
    /// `length` (bytes, absent for chunked bodies) is beyond the session's budget.
    static Result<std::unique_ptr<UploadWrite>> open(const Services& services, std::string_view object_path,
                                                     std::optional<std::int64_t> length);
    /// PayloadTooLarge once the bytes pass the budget, or with all that arrives the organization's quota, Unavailable
    /// if the store is full.
    Status write(std::span<const std::byte> bytes);
    /// Digests of what was written, to be verified before `commit`.
    Result<storage::BlobInfo> digest() { return writer_->digest(); }
    /// Makes the bytes durable, then counts them as the file's content, and keeps `record` with that, whose principal,
    /// organization and target are filled in. PermissionDenied if the session was claimed or ended meanwhile.
    Result<storage::BlobInfo> commit(catalog::AuditRow record);

private:
    UploadWrite(const Services& services, catalog::UploadFileRow file)
        : services_(services), file_(std::move(file)), arriving_(services.arriving, file_.organization_id) {}

    Error over_quota(Error refusal);

    const Services& services_;
    catalog::UploadFileRow file_;
    std::unique_ptr<storage::BlobWriter> writer_;
    std::int64_t written_ = 0;
    ArrivingBytes::Share arriving_;
    std::optional<std::int64_t> budget_; ///< bytes this file may have; nothing: unlimited
    std::optional<std::int64_t> room_;   ///< bytes that may arrive for its organization at once
};

} // namespace landfall::domain
