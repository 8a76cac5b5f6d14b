#include "domain/ingest/upload_claim.hpp"

#include "core/text.hpp"
#include "domain/ingest/uploads.hpp"

namespace landfall::domain {
namespace {

constexpr std::chrono::seconds kLease{10};
constexpr std::chrono::seconds kBeat{3};

} // namespace

UploadClaim::UploadClaim(const Services& services, catalog::UploadRow upload, std::string token)
    : services_(services), upload_(std::move(upload)), token_(std::move(token)), heartbeat_(kBeat, [this] {
          (void)services_.transactor.run_for([&](database::Session& session) {
              return catalog::renew_upload_claim(session, upload_.id, token_, services_.clock.now() + kLease);
          });
      }) {}

Result<std::unique_ptr<UploadClaim>> UploadClaim::take(Call& call, const catalog::UploadRow& upload) {
    const Services& services = call.services;
    catalog::UploadClaim claim;
    claim.token = unique_part();
    claim.now = services.clock.now();
    claim.lease_until = claim.now + kLease;
    claim.server_epoch = services.server_epoch;
    claim.crs = upload.crs;
    TRY(const bool won, services.transactor.run_for([&](database::Session& session) {
        return catalog::claim_upload(session, upload.organization_id, upload.id, claim);
    }));
    if (!won)
        return fail_race("The upload is being completed by another call, or has ended; ask again in a moment");
    return std::unique_ptr<UploadClaim>(new UploadClaim(services, upload, claim.token));
}

UploadClaim::~UploadClaim() {
    heartbeat_.stop();
    const auto held = services_.database.read_for([&](database::Session& session) -> Result<bool> {
        TRY(const auto now, catalog::find_upload(session, upload_.organization_id, upload_.id));
        return now && now->state == catalog::UploadState::Processing && now->claim_token == token_;
    });
    if (held && *held)
        (void)services_.transactor.run_for([&](database::Session& session) {
            return catalog::return_upload(session, upload_.id, token_, services_.clock.now());
        });
}

Status UploadClaim::fail(const std::string& message) {
    const catalog::UploadFailure failure{clean_utf8(message, 4096), "ingest", services_.clock.now(), token_};
    return services_.transactor.run([&](catalog::Transaction& transaction) {
        return end_upload(transaction, upload_, failure, "uploads.complete").map([](bool) {});
    });
}

} // namespace landfall::domain
