#pragma once
/// The realm of a server, where the command line becomes known. Contract: geopera.md section 2.

#include "cli/profiles.hpp"
#include "core/mutex.hpp"
#include "outbound/http_client.hpp"
#include "schema/json.hpp"

#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::cli {

using FormFields = std::vector<std::pair<std::string_view, std::string>>;

/// As this program calls itself there.
inline constexpr std::string_view kClientId = "landfall-cli";

/// Not thread-safe: one per thread.
class Realm {
public:
    Realm(std::string url, std::string authorities, std::stop_token stop = {})
        : url_(std::move(url)), client_(std::move(stop), std::move(authorities)) {}

    /// Sends a form to an endpoint, e.g. `/token`: its JSON, or null if it answers none. A refusal is an error in the
    /// server's own words, whose cause is the name that OAuth gives it, e.g. `slow_down`.
    Result<Json> post(std::string_view endpoint, const FormFields& fields);
    /// Who calls with this credential: a header and its value.
    Result<Json> userinfo(const std::pair<std::string, std::string>& credential);

private:
    Result<Json> send(const outbound::HttpRequest& request);

    std::string url_;
    outbound::HttpClient client_;
};

/// Fills in the tokens of an answer of `/token`.
Status take_tokens(Profile& profile, const Json& answer);

/// The access token of a profile, renewed when it lapses. Thread-safe, and several processes may share the profile:
/// a refresh token serves only once.
class Renewal {
public:
    Renewal(ProfileStore store, Profile profile) : store_(std::move(store)), profile_(std::move(profile)) {}

    /// One that lasts for a while yet.
    Result<std::string> token();
    /// Another one than that which the server refused. Unauthenticated, with what to do, if the session has ended.
    Result<std::string> after(const std::string& refused);

private:
    Status renew() REQUIRES(mutex_);

    const ProfileStore store_;
    Mutex mutex_;
    Profile profile_ GUARDED_BY(mutex_);
};

} // namespace landfall::cli
