#pragma once
/// Blobs put together from parts: what a store may offer beside ObjectStore. Parts come in any order, at the same time,
/// and again; nothing acknowledged is lost.
/// Spec: "Multipart upload", Amazon S3 User Guide.

#include "core/result.hpp"
#include "storage/object_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::storage {

inline constexpr int kMostParts = 10'000;

/// A part once it is durable.
struct PartInfo {
    int number = 0;        ///< 1 .. kMostParts
    std::int64_t size = 0; ///< bytes
    std::string md5;       ///< raw, 16 bytes
    std::string sha256;    ///< raw, 32 bytes
    std::string crc32c;    ///< raw, 4 bytes in network order
};

/// What is known of the parts before the first comes.
struct PartPlan {
    /// Bytes of every part but the last, if they are all alike: such parts need no second pass when they are put
    /// together.
    std::optional<std::int64_t> part_size;
};

/// A part being written. Destroying it before `finish` succeeded leaves the part as it was. One thread at a time.
class PartWriter {
public:
    virtual ~PartWriter() = default;
    /// Appends bytes. InvalidArgument beyond the size that was told, Unavailable if the store is full or fails.
    virtual Status write(std::span<const std::byte> bytes) = 0;
    /// Digests of everything written so far, to be compared before `finish`.
    virtual Result<PartInfo> digest() = 0;
    /// Makes the part durable, in place of an earlier one of its number. NotFound if the upload has ended meanwhile.
    /// Only once.
    virtual Result<PartInfo> finish() = 0;
};

/// Which parts a blob is put together from.
struct PartSelection {
    std::span<const int> numbers; ///< ascending
    std::string md5{};            ///< what the blob's is to be, raw; empty: any
};

/// A blob that was put together. As long as `hold` lives, `list` tells that it is being written: keep it until the row
/// that names the blob is committed.
struct CompletedBlob {
    BlobInfo info;
    std::shared_ptr<const void> hold;
};

/// Uploads of parts, each under the key that its blob is to have. Thread-safe.
class PartStore {
public:
    virtual ~PartStore() = default;
    /// Begins an upload. Conflict if the key has one or is a blob's; InvalidArgument for a plan that can't be.
    virtual Status create(std::string_view key, const PartPlan& plan) = 0;
    /// Begins a part, of `size` bytes if that is known. NotFound without such an upload that takes parts,
    /// InvalidArgument for a number that is none, Conflict while the upload is being completed.
    virtual Result<std::unique_ptr<PartWriter>> put_part(std::string_view key, int number,
                                                         std::optional<std::int64_t> size) = 0;
    /// The durable parts by number. NotFound without such an upload.
    virtual Result<std::vector<PartInfo>> list_parts(std::string_view key) const = 0;
    /// Puts the selected parts together: all of it or nothing. No more parts are taken then, and
    /// those that there are stay listed until `abort`, so that whoever is killed before he could say that it is done
    /// finds them. NotFound if a part or the upload is missing, InvalidArgument if the numbers are none or don't
    /// ascend, Conflict if the key has been taken, by an earlier call perhaps, or a part changed meanwhile, so that the
    /// blob would be another.
    virtual Result<CompletedBlob> complete(std::string_view key, const PartSelection& selection) = 0;
    /// Ends an upload and drops its parts, but not the blob that they may have become; what is not there is no failure.
    virtual Status abort(std::string_view key) = 0;
    /// Aborts the uploads to which nothing has come for so long and nothing comes now, if they may go. How many.
    virtual Result<int> sweep(std::chrono::seconds idle, const std::function<bool(const std::string& key)>& may_go) = 0;
};

/// InvalidArgument unless the number is one of a part.
Status check_part_number(int number);
/// InvalidArgument unless the plan's size is positive.
Status check_part_plan(const PartPlan& plan);
/// What is known of parts, each of which a store keeps more of.
template<typename Kept>
std::vector<PartInfo> infos_of(const std::vector<Kept>& parts) {
    std::vector<PartInfo> out;
    out.reserve(parts.size());
    for (const Kept& part : parts)
        out.push_back(part.info);
    return out;
}
/// The parts of these numbers out of those that there are, by number: see `PartStore::complete` for the refusals.
Result<std::vector<PartInfo>> choose_parts(const std::vector<PartInfo>& all, std::span<const int> numbers);
/// What is known of the blob of these parts. Internal if the cryptographic library fails.
Result<BlobInfo> composite_info(std::string_view key, std::span<const PartInfo> parts);
/// Conflict unless the blob is what was selected.
Status check_selected(const PartSelection& selection, const BlobInfo& info);

} // namespace landfall::storage
