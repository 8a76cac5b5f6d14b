#pragma once
/// Multipart uploads at an S3 store: what streams of unknown length and uploads of parts are made of.
/// Spec: "Uploading and copying objects using multipart upload", Amazon S3 User Guide.

#include "storage/s3/s3_shared.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace landfall::storage {

/// One upload at the store.
struct Multipart {
    std::string key;  ///< the object's, whole
    std::string id;   ///< the store's
    std::string mark; ///< that the object will bear
};

/// A part as the store tells it.
struct StoredPart {
    int number = 0;
    std::string etag; ///< opaque, without its quotes
    std::int64_t size = 0;
    std::chrono::seconds age{0};
};

/// What goes into a part: bytes, or a source that is sent once.
struct PartBody {
    int number = 0;
    std::span<const std::byte> bytes{};
    outbound::BodySource* source = nullptr;
    const std::atomic<bool>* dropped = nullptr;
};

Result<Multipart> begin_multipart(S3Shared& shared, const std::string& key);
/// The ETag, without its quotes. NotFound if the upload has ended.
Result<std::string> put_part(S3Shared& shared, const Multipart& upload, const PartBody& part);
/// By number. NotFound if the upload has ended.
Result<std::vector<StoredPart>> list_parts(S3Shared& shared, const Multipart& upload);
/// Makes the object. Conflict if there is one, or a part is another by now; NotFound if the upload has ended;
/// InvalidArgument if a part but the last is smaller than the store takes.
Status complete_multipart(S3Shared& shared, const Multipart& upload, const std::vector<StoredPart>& parts);
/// Drops the upload with its parts; if it has ended, that is no failure.
Status abort_multipart(S3Shared& shared, const Multipart& upload);

/// An upload that has not ended.
struct OpenMultipart {
    Multipart upload;
    std::chrono::seconds age{0}; ///< since it began
};
/// Those whose key begins with the store's prefix.
Result<std::vector<OpenMultipart>> list_multiparts(S3Shared& shared);

} // namespace landfall::storage
