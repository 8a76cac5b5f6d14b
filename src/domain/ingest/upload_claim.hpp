#pragma once
/// The lease under which one server completes an upload session.

#include "catalog/work/upload.hpp"
#include "domain/context.hpp"
#include "domain/work/heartbeat.hpp"

#include <memory>
#include <string>

namespace landfall::domain {

/// Holds a session in `processing`; a thread prolongs the lease until this goes. On destruction a session that is
/// still ours goes back to `uploading`, so that a completion that was refused can be repeated.
class UploadClaim {
public:
    /// Claims the session, with the `crs` of its row. Aborted if someone else holds it or it has ended.
    static Result<std::unique_ptr<UploadClaim>> take(Call& call, const catalog::UploadRow& upload);
    ~UploadClaim();

    const std::string& token() const { return token_; }
    /// Fails the session for good: reservation and bytes are given back.
    Status fail(const std::string& message);

private:
    UploadClaim(const Services& services, catalog::UploadRow upload, std::string token);

    const Services& services_;
    const catalog::UploadRow upload_;
    const std::string token_;
    Heartbeat heartbeat_;
};

} // namespace landfall::domain
