#include "cli/prompt.hpp"
#include "cli/stac/stac_server.hpp"
#include "core/output.hpp"
#include "core/text.hpp"
#include "outbound/http_client.hpp"

#include <fmt/format.h>

namespace landfall::cli {
namespace {

/// The profile that a login fills in: the named one; else the current one, if it is of this server or of none; else
/// one that is called as the server's host, so that no other server's credentials are lost.
Result<Profile> begun_profile(const Invocation& invocation, const Terminal& terminal) {
    TRY(const auto profiles, ProfileStore(terminal).load());
    const Profile* current = profiles.find(profiles.current);
    const std::string url = given(invocation, terminal, "url", "LANDFALL_URL");
    TRY(const auto address, stac_url(!url.empty()         ? url
                                     : current != nullptr ? current->url
                                                          : std::string(kDefaultUrl)));
    std::string name = given(invocation, terminal, "profile", "LANDFALL_PROFILE");
    if (name.empty())
        name = current == nullptr || current->url == address ? profiles.current : outbound::host_of(address);
    CHECK_OK(check_profile_name(name));
    const Profile* known = profiles.find(name);
    Profile profile;
    if (known != nullptr && known->url == address)
        profile = *known;
    profile.name = name;
    profile.url = address;
    if (std::string authorities = given(invocation, terminal, "cacert", "SSL_CERT_FILE"); !authorities.empty())
        profile.authorities = std::move(authorities);
    return profile;
}

/// Who signs in, and with what.
struct Account {
    std::string user;
    std::string password;
};
Result<Account> account_of(const Invocation& invocation) {
    Account account;
    if (const auto user = invocation.value("user")) {
        account.user = *user;
    } else {
        if (can_ask())
            put(stderr, "User: ");
        TRY(account.user, read_input_line());
    }
    TRY(account.password, can_ask() ? ask_secret("Password") : read_input_line());
    if (account.user.empty() || account.user.find(':') != std::string::npos || has_control(account.user))
        return fail(Code::InvalidArgument, "The name of a user is not empty and holds no colon");
    return account;
}

/// What the server takes for the account.
Result<std::string> authorization_of(const Invocation& invocation, const StacServer& server, const Account& account,
                                     const std::stop_token& stop) {
    if (invocation.has("keep-password"))
        return basic_authorization(account.user, account.password);
    auto token = StacApi(server, stop).token(account.user, account.password);
    if (!token && token.error().code == Code::NotFound)
        return fail(Code::NotFound,
                    fmt::format("{} gives no tokens; keep the password itself with --keep-password", server.url));
    if (!token)
        return fail(token.error());
    return "Token " + *token;
}

Status sign_in(const Invocation& invocation, const Surroundings& surroundings, Profile& profile) {
    TRY(const auto account, account_of(invocation));
    StacServer server{profile.url, {}, profile.authorities};
    TRY(server.authorization, authorization_of(invocation, server, account, surroundings.interrupted));
    // A credential that is wrong is refused by reads too.
    CHECK_OK(StacApi(server, surroundings.interrupted).get("/collections?limit=1"));
    profile.stac_authorization = server.authorization;
    return ProfileStore(surroundings.terminal).keep_current(profile);
}

} // namespace

int run_stac_login(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    auto profile = begun_profile(invocation, terminal);
    if (!profile)
        return report_usage(terminal, profile.error());
    const Status done = sign_in(invocation, surroundings, *profile);
    if (!done)
        return report(terminal, done.error());
    if (invocation.has("json"))
        terminal.print(Json::object({{"url", profile->url}, {"profile", profile->name}}).dump());
    else
        terminal.print(
            printable(fmt::format("Signed in to the STAC API of {} (profile {})", profile->url, profile->name)));
    return 0;
}

} // namespace landfall::cli
