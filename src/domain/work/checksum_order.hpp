#pragma once
/// The order for the SHA-256 of a file that came in parts, whose digests don't give it. `domain/ingest/checksums.hpp`
/// does it.

#include "domain/work/job_kind.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

inline constexpr std::string_view kChecksumJobName = "asset.checksum";

struct ChecksumPayload {
    std::string blob_key;
};
constexpr auto describe(schema::Of<ChecksumPayload>) {
    return schema::fields(
        schema::field("blob_key", &ChecksumPayload::blob_key, {.required = true, .min_length = 1, .max_length = 64}));
}

/// A blob that became an asset of an item.
struct UnreadFile {
    OrganizationId organization_id;
    ProjectId project_id;
    ItemId item_id;
    std::string blob_key;
};
/// Queues the reading, once for each blob, within the transaction that made the asset.
Status order_checksum(Context& cx, const UnreadFile& file);

} // namespace landfall::domain
