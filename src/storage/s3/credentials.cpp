#include "storage/s3/credentials.hpp"

#include <utility>

namespace landfall::storage {
namespace {

/// Fetched anew so long before they end: longer than any call takes.
constexpr std::chrono::minutes kBeforeTheEnd{5};

bool lasts(const S3Credentials& credentials, Timestamp now, std::chrono::minutes longer) {
    return !credentials.expires_at || now + longer < *credentials.expires_at;
}

} // namespace

CredentialChain::CredentialChain(std::vector<CredentialSource> sources, const Clock& clock)
    : sources_(std::move(sources)), clock_(clock) {}

Result<S3Credentials> CredentialChain::fetch() {
    for (const auto& source : sources_) {
        TRY(auto found, source());
        if (found)
            return *std::move(found);
    }
    return fail(Error(Code::Unavailable, "The server has no credentials for its object store.")
                    .because("neither s3.access_key, AWS_ACCESS_KEY_ID, a web identity, the shared credentials file, a "
                             "container's endpoint nor instance metadata gives any"));
}

Result<S3Credentials> CredentialChain::now() {
    const Lock lock(mutex_);
    const Timestamp now = clock_.now();
    if (held_ && lasts(*held_, now, kBeforeTheEnd))
        return *held_;
    auto fetched = fetch(); // the others wait: they need them as well
    if (fetched)
        held_ = *fetched;
    else if (held_ && lasts(*held_, now, std::chrono::minutes(0)))
        return *held_;
    return fetched;
}

void CredentialChain::refuse(const S3Credentials& ended) {
    const Lock lock(mutex_);
    if (held_ && held_->access_key_id == ended.access_key_id && held_->session_token == ended.session_token)
        held_.reset();
}

} // namespace landfall::storage
