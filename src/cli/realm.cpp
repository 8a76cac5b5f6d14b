#include "cli/realm.hpp"

#include "cli/api.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

namespace landfall::cli {
namespace {

constexpr std::string_view kRealm = "/realms/public/protocol/openid-connect";
constexpr std::int64_t kSpareSeconds = 30; ///< a token that lapses sooner is renewed before it is used

std::int64_t now_in_seconds() {
    return to_micros(SystemClock().now()) / 1'000'000;
}

std::string encoded(const FormFields& fields) {
    std::string body;
    for (const auto& [name, value] : fields)
        if (!value.empty())
            body += (body.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
    return body;
}

} // namespace

Result<Json> Realm::send(const outbound::HttpRequest& request) {
    TRY(const auto response, client_.send(request));
    auto json = Json::parse(response.body);
    if (response.status >= 200 && response.status <= 299)
        return json ? *std::move(json) : Json();
    Error error = refusal(response);
    if (json)
        error.cause = (*json)["error"].as_string();
    return fail(std::move(error));
}

Result<Json> Realm::post(std::string_view endpoint, const FormFields& fields) {
    outbound::HttpRequest request;
    request.method = "POST";
    request.url = url_ + std::string(kRealm) + std::string(endpoint);
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = encoded(fields);
    return send(request);
}

Result<Json> Realm::userinfo(const std::pair<std::string, std::string>& credential) {
    outbound::HttpRequest request;
    request.url = url_ + std::string(kRealm) + "/userinfo";
    request.headers = {credential};
    TRY(auto json, send(request));
    if ((json)["sub"].as_view().empty())
        return fail(Code::Internal,
                    "The server's answer names nobody; check that the address is that of a Landfall server");
    return json;
}

Status take_tokens(Profile& profile, const Json& answer) {
    profile.api_key.clear();
    profile.access_token = answer["access_token"].as_string();
    profile.refresh_token = answer["refresh_token"].as_string(profile.refresh_token);
    profile.expires_at = now_in_seconds() + answer["expires_in"].as_integer();
    if (profile.access_token.empty())
        return fail(Code::Internal,
                    "The server's answer holds no token; check that the address is that of a Landfall server");
    return {};
}

Result<std::string> Renewal::token() {
    const Lock lock(mutex_);
    if (profile_.expires_at - now_in_seconds() < kSpareSeconds)
        CHECK_OK(renew());
    return profile_.access_token;
}

Result<std::string> Renewal::after(const std::string& refused) {
    const Lock lock(mutex_);
    if (profile_.access_token == refused)
        CHECK_OK(renew());
    return profile_.access_token;
}

/// Under the lock of the file: another process may have renewed the session already, and then its tokens are ours.
Status Renewal::renew() {
    return store_.change([this](Profiles& profiles) REQUIRES(mutex_) -> Status {
        const Profile* stored = profiles.find(profile_.name);
        const auto ended = [] { return fail(Code::Unauthenticated, "You are signed out; run landfall login"); };
        if (stored == nullptr || stored->refresh_token.empty())
            return ended();
        const bool renewed = stored->refresh_token != profile_.refresh_token;
        profile_ = *stored;
        if (renewed && profile_.expires_at - now_in_seconds() >= kSpareSeconds)
            return {};
        Realm realm(profile_.url, profile_.authorities);
        const auto answer = realm.post("/token", {{"grant_type", "refresh_token"},
                                                  {"client_id", std::string(kClientId)},
                                                  {"refresh_token", profile_.refresh_token}});
        if (!answer && answer.error().cause == "invalid_grant")
            return ended();
        if (!answer)
            return fail(answer.error());
        CHECK_OK(take_tokens(profile_, *answer));
        profiles.put(profile_);
        return {};
    });
}

} // namespace landfall::cli
