#pragma once
/// Putting parts together. Two steps, as slow work holds no transaction: `assemble_parts` makes the blob durable under
/// a lease, then `finish_parts` ends the upload in the transaction that gives its target the file. If this server dies
/// in between, the same call again ends it; nothing that was acknowledged is lost.

#include "catalog/ledger/usage.hpp"
#include "domain/items/shelf.hpp"
#include "domain/parts/part_uploads.hpp"
#include "domain/work/heartbeat.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// A part as whoever completes names it.
struct ChosenPart {
    int number = 0;
    std::string etag; ///< as it was answered: hexadecimal MD5, with or without quotes
};

/// The lease under which one call puts parts together. On destruction an upload that is still in progress is open to
/// others again; the parts of one that is completed go, and all that was made for one that somebody ended meanwhile.
class PartsClaim {
public:
    /// Aborted if somebody else holds it or it has ended.
    static Result<std::unique_ptr<PartsClaim>> take(const Services& services, const catalog::PartUploadRow& upload);
    ~PartsClaim();
    PartsClaim(const PartsClaim&) = delete;
    PartsClaim& operator=(const PartsClaim&) = delete;

    const std::string& token() const { return token_; }

private:
    PartsClaim(const Services& services, catalog::PartUploadRow upload, std::string token);

    const Services& services_;
    const catalog::PartUploadRow upload_;
    const std::string token_;
    Heartbeat heartbeat_;
};

/// A file that was put together, ready to be committed. Keep it until the commit.
struct AssembledParts {
    catalog::PartUploadRow upload;
    StoredFile file;       ///< `md5` is the ETag `md5-of-md5s-N`; `sha256` is empty unless it follows from the parts
    bool repeated = false; ///< it was completed before, of the same parts: nothing is left to do
    std::shared_ptr<const void> hold;
    std::unique_ptr<PartsClaim> claim;
};

/// Puts the chosen parts together, or without a choice all that are there, which must be numbered from 1 without a gap.
///
/// Conflict if the upload was aborted, or completed of other parts; Aborted while another call holds it. A choice that
/// the parts don't meet is InvalidArgument, whose field error is of S3's type: `InvalidPart` (none of that number and
/// ETag), `InvalidPartOrder`, `EntityTooSmall` (one but the last), `InvalidRequest` (the sum is not the size that was
/// told). What is wrong without one is a Conflict. The upload stays in progress then.
Result<AssembledParts> assemble_parts(const Call& call, const catalog::PartUploadRow& upload,
                                      const std::optional<std::vector<ChosenPart>>& choice);

/// Ends the upload within the transaction that makes `assembled.file` its target's. Gives what it had reserved, for
/// `catalog::take_storage`, or for `release_storage` where nothing is taken; 0 where a session reserves. Aborted if
/// another call took it over, Conflict if it has ended. Once this commits the target owns the blob.
Result<catalog::HeldStorage> finish_parts(Context& cx, const AssembledParts& assembled);

} // namespace landfall::domain
