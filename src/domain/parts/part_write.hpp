#pragma once
/// One part: what a PUT to a signed part URL may do.

#include "catalog/ledger/audit.hpp"
#include "catalog/work/part_upload.hpp"
#include "domain/context.hpp"
#include "domain/parts/arriving_bytes.hpp"
#include "storage/part_store.hpp"

#include <memory>
#include <optional>
#include <span>

namespace landfall::domain {

/// One PUT of a part in flight. One thread at a time. Destroyed before `commit`: nothing happened.
class PartWrite {
public:
    /// NotFound once the upload has ended, BadRequest if the declared `length` (bytes, absent for chunked bodies) is
    /// beyond the size of parts, PayloadTooLarge if it is beyond the quota, InvalidArgument for a number that the file
    /// has not got, Unavailable while the parts are put together.
    static Result<std::unique_ptr<PartWrite>> open(const Services& services, const PartUploadId& id, int number,
                                                   std::optional<std::int64_t> length);
    /// BadRequest once the bytes pass the size of parts, PayloadTooLarge once they pass the quota, Unavailable if the
    /// store is full.
    Status write(std::span<const std::byte> bytes);
    /// Digests of what was written, to be verified before `commit`.
    Result<storage::BlobInfo> digest();
    /// Counts the part and makes it durable, then keeps `record` of it, whose principal, organization and target are
    /// filled in. Fails as `open` does.
    Result<storage::BlobInfo> commit(catalog::AuditRow record);

private:
    PartWrite(const Services& services, catalog::PartUploadRow upload, int number)
        : services_(services), upload_(std::move(upload)), number_(number),
          arriving_(services.arriving, upload_.organization_id) {}

    Status begin(std::optional<std::int64_t> length);
    Status count(std::int64_t size);
    Status check_size(std::int64_t bytes);
    Error over_quota(Error refusal);
    Status check_still_open();

    const Services& services_;
    const catalog::PartUploadRow upload_;
    const int number_;
    std::unique_ptr<storage::PartWriter> writer_;
    std::int64_t written_ = 0;
    ArrivingBytes::Share arriving_;
    std::int64_t most_ = 0;              ///< bytes of this part
    std::optional<std::int64_t> budget_; ///< bytes that the quota has for it; nothing: unlimited
    std::optional<std::int64_t> room_;   ///< bytes that may arrive for its organization at once
    bool told_over_quota_ = false;
};

} // namespace landfall::domain
