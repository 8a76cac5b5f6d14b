#pragma once
/// Who asks an S3 store: credentials of the settings, of the environment, of the shared file or of the machine.
/// Spec: "Standardized credential providers", AWS SDKs and Tools Reference Guide.

#include "core/mutex.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/s3/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::storage {

/// What signs a request.
struct S3Credentials {
    std::string access_key_id;
    std::string secret;
    std::string session_token;             ///< empty where they are lasting
    std::optional<Timestamp> expires_at{}; ///< nothing where they are lasting
};

/// A variable of the environment, if it is set and not empty.
using VariableOf = std::function<std::optional<std::string>(const std::string& name)>;

/// One place that may have credentials: nothing if it has none, Unavailable if it should have and does not give them.
using CredentialSource = std::function<Result<std::optional<S3Credentials>>()>;

/// The sources in the order in which they are asked: the settings; `AWS_ACCESS_KEY_ID` and its kin; a role by web
/// identity; the shared file; a container's endpoint; the metadata service of the machine (IMDSv2).
std::vector<CredentialSource> credential_sources(const S3Settings& settings, const VariableOf& variable);

/// Credentials of the first source that has some, fetched again before they end. Thread-safe.
class CredentialChain {
public:
    CredentialChain(std::vector<CredentialSource> sources, const Clock& clock);

    /// Unavailable, naming what was looked at, if nobody has any.
    Result<S3Credentials> now();
    /// The store says that these have ended: `now` fetches others.
    void refuse(const S3Credentials& ended);

private:
    Result<S3Credentials> fetch();

    const std::vector<CredentialSource> sources_;
    const Clock& clock_;
    Mutex mutex_;
    std::optional<S3Credentials> held_ GUARDED_BY(mutex_);
};

} // namespace landfall::storage
