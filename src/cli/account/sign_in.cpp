#include "cli/prompt.hpp"
#include "cli/realm.hpp"
#include "cli/session.hpp"
#include "core/ids.hpp"
#include "core/mutex.hpp"
#include "core/output.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace landfall::cli {
namespace {

constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr std::int64_t kSlowerBy = 5; ///< seconds: RFC 8628 section 3.5
constexpr std::int64_t kInterval = 5;
constexpr std::size_t kVerifierBytes = 32;

/// What the profile shows to say who calls.
std::pair<std::string, std::string> header_of(const Profile& profile) {
    if (!profile.api_key.empty())
        return {"X-API-Key", profile.api_key};
    return {"Authorization", "Bearer " + profile.access_token};
}

std::string name_of(const Json& who) {
    const std::string email = who["email"].as_string();
    return email.empty() ? who["geopera_principal_id"].as_string() : email;
}

/// What the person at the terminal types, or a line of standard input where nobody sits there.
Result<std::string> typed(std::string_view question) {
    if (can_ask())
        put(stderr, "{}: ", question);
    return read_input_line();
}

/// The same, and it is not shown.
Result<std::string> secret(std::string_view question) {
    return can_ask() ? ask_secret(question) : read_input_line();
}

/// Signing in by one of the ways; each fills in the credential of a profile that names a server.
class Login {
public:
    Login(const Invocation& invocation, const Surroundings& surroundings, Profile& profile)
        : invocation_(invocation), terminal_(surroundings.terminal), stop_(surroundings.interrupted), profile_(profile),
          realm_(profile.url, profile.authorities, surroundings.interrupted) {}

    /// Who signed in.
    Result<Json> run() {
        const auto key = invocation_.value("api-key");
        CHECK_OK(key ? by_key(*key) : invocation_.has("password") ? by_password() : by_device());
        return realm_.userinfo(header_of(profile_));
    }

private:
    Status by_key(const std::string& given) {
        TRY(const auto key, given == "-" ? secret("API key") : Result<std::string>(given));
        profile_.api_key = key;
        profile_.access_token.clear();
        profile_.refresh_token.clear();
        if (key.empty() || has_control(key) || key.find(' ') != std::string::npos)
            return fail(Code::InvalidArgument, "The API key must be one word");
        return {};
    }

    Status by_password() {
        const auto email = invocation_.value("email");
        TRY(const auto name, email ? Result<std::string>(*email) : typed("Email address"));
        TRY(const auto password, secret("Password"));
        TRY(const auto answer, realm_.post("/token", {{"grant_type", "password"},
                                                      {"client_id", std::string(kClientId)},
                                                      {"username", name},
                                                      {"password", password},
                                                      {"organization_id", organization()}}));
        return take_tokens(profile_, answer);
    }

    Status by_device() {
        const std::string verifier = to_base64url(random_bytes(kVerifierBytes));
        TRY(const auto codes, realm_.post("/auth/device", {{"client_id", std::string(kClientId)},
                                                           {"code_challenge", to_base64url(sha256(verifier))},
                                                           {"code_challenge_method", "S256"}}));
        terminal_.note(fmt::format("Open this page, sign in and approve the code {}:\n  {}",
                                   printable(codes["user_code"].as_string()),
                                   printable(codes["verification_uri_complete"].as_string())));
        std::int64_t interval = std::clamp<std::int64_t>(codes["interval"].as_integer(kInterval), 1, 60);
        while (sleep_unless_stopped(std::chrono::seconds(interval), stop_)) {
            const auto answer = realm_.post("/token", {{"grant_type", std::string(kDeviceGrant)},
                                                       {"client_id", std::string(kClientId)},
                                                       {"device_code", codes["device_code"].as_string()},
                                                       {"code_verifier", verifier}});
            if (answer)
                return take_tokens(profile_, *answer);
            if (answer.error().cause == "slow_down")
                interval += kSlowerBy;
            else if (answer.error().cause != "authorization_pending" && !is_transient(answer.error()))
                return fail(answer.error());
        }
        return fail(Code::Canceled, "Nobody was signed in");
    }

    std::string organization() const { return invocation_.value("organization").value_or(""); }

    const Invocation& invocation_;
    const Terminal& terminal_;
    const std::stop_token stop_;
    Profile& profile_;
    Realm realm_;
};

/// The profile that a login fills in: the named one, or the current one.
Result<Profile> begun_profile(const Invocation& invocation, const Terminal& terminal) {
    TRY(const auto profiles, ProfileStore(terminal).load());
    Profile profile;
    profile.name = given(invocation, terminal, "profile", "LANDFALL_PROFILE");
    if (profile.name.empty())
        profile.name = profiles.current;
    CHECK_OK(check_profile_name(profile.name));
    const Profile* known = profiles.find(profile.name);
    const std::string url = given(invocation, terminal, "url", "LANDFALL_URL");
    TRY(profile.url, server_url(!url.empty() ? url : known != nullptr ? known->url : std::string(kDefaultUrl)));
    profile.authorities = given(invocation, terminal, "cacert", "SSL_CERT_FILE");
    if (known != nullptr && known->url == profile.url) {
        profile.stac_authorization = known->stac_authorization;
        if (profile.authorities.empty())
            profile.authorities = known->authorities;
    }
    return profile;
}

/// Who calls, for people.
std::string told(const Json& who, const std::string& url) {
    const auto line = [](std::string_view name, const std::string& value) {
        return value.empty() ? std::string() : fmt::format("{:<14} {}\n", name, printable(value));
    };
    return line("server", url) + line("principal", who["geopera_principal_id"].as_string()) +
           line("type", who["geopera_principal_type"].as_string()) + line("email", who["email"].as_string()) +
           line("organization", who["geopera_org_id"].as_string("none")) + line("scopes", who["scope"].as_string());
}

} // namespace

int run_login(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    auto profile = begun_profile(invocation, terminal);
    if (!profile)
        return report_usage(terminal, profile.error());
    const auto who = Login(invocation, surroundings, *profile).run();
    if (!who)
        return report(terminal, who.error());
    const auto kept = ProfileStore(terminal).keep_current(*profile);
    if (!kept)
        return report(terminal, kept.error());
    if (invocation.has("json"))
        terminal.print(who->dump());
    else
        terminal.print(
            printable(fmt::format("Signed in to {} as {} (profile {})", profile->url, name_of(*who), profile->name)));
    return 0;
}

int run_logout(const Invocation& /*invocation*/, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto profile = chosen_profile(terminal);
    if (!profile)
        return report_usage(terminal, profile.error());
    if (!*profile) {
        terminal.note("You are signed out already");
        return 0;
    }
    const Profile& left = **profile;
    const bool told = left.refresh_token.empty() || Realm(left.url, left.authorities, surroundings.interrupted)
                                                        .post("/logout", {{"client_id", std::string(kClientId)},
                                                                          {"refresh_token", left.refresh_token}})
                                                        .has_value();
    const auto forgotten = ProfileStore(terminal).change([&](Profiles& profiles) -> Status {
        profiles.remove(left.name);
        return {};
    });
    if (!forgotten)
        return report(terminal, forgotten.error());
    if (!told)
        terminal.warn("The server was not told, so the session there ends by itself within half an hour");
    terminal.print(printable(fmt::format("Signed out of {}", left.url)));
    return 0;
}

int run_whoami(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto server = server_of(invocation, terminal);
    if (!server)
        return report_usage(terminal, server.error());
    const auto token = server->renewal ? server->renewal->token() : Result<std::string>(server->token);
    if (!token)
        return report(terminal, token.error());
    const auto who = Realm(server->url, server->authorities, surroundings.interrupted)
                         .userinfo({"Authorization", "Bearer " + *token});
    if (!who)
        return report(terminal, who.error());
    if (invocation.has("json"))
        terminal.print(who->dump());
    else
        put(terminal.out, told(*who, server->url));
    return 0;
}

} // namespace landfall::cli
