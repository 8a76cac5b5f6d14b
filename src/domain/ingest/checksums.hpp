#pragma once
/// The SHA-256 of files that came in parts: a job reads the bytes once, and the item's document and assets then have
/// it.

#include "domain/work/checksum_order.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

struct ChecksumResult {
    std::optional<std::string> sha256;
    std::optional<std::string> skipped;
};
constexpr auto describe(schema::Of<ChecksumResult>) {
    return schema::fields(schema::field("sha256", &ChecksumResult::sha256, {.sparse = true}),
                          schema::field("skipped", &ChecksumResult::skipped, {.sparse = true}));
}

/// A declared digest is held against the bytes if the setting `verify_checksums` is on: of bytes that are stored
/// encoded against the decoded ones, which a worker reads. What takes longer than a worker may stays as it was
/// declared.
Result<ChecksumResult> run_checksum(const Services& services, jobs::JobContext& job, const ChecksumPayload& payload);

inline constexpr JobKind<ChecksumPayload, ChecksumResult> kChecksumJob{.name = kChecksumJobName, .run = run_checksum};

} // namespace landfall::domain
