#include "cli/session.hpp"

#include "cli/realm.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

namespace landfall::cli {
namespace {

constexpr std::size_t kMaxText = 64U << 20U;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

bool has_blanks(std::string_view text) {
    return text.find(' ') != std::string_view::npos || has_control(text);
}

void use_profile(Server& server, const Profile& profile, const Terminal& terminal) {
    server.url = profile.url;
    server.token = profile.api_key;
    if (server.token.empty() && profile.has_session())
        server.renewal = std::make_shared<Renewal>(ProfileStore(terminal), profile);
    if (server.authorities.empty())
        server.authorities = profile.authorities;
}

} // namespace

std::string given(const Invocation& invocation, const Terminal& terminal, const std::string& flag,
                  const std::string& variable) {
    if (const auto value = invocation.value(flag))
        return *value;
    return terminal.environment ? terminal.environment(variable).value_or("") : "";
}

Result<std::string> server_url(std::string url) {
    while (url.ends_with('/'))
        url.pop_back();
    const bool http = url.starts_with("http://") || url.starts_with("https://");
    if (!http || has_blanks(url))
        return fail(Code::InvalidArgument,
                    "The server's address must begin with http:// or https://; see --url and LANDFALL_URL");
    return url;
}

Result<std::optional<Profile>> chosen_profile(const Terminal& terminal) {
    const std::string named = terminal.environment ? terminal.environment("LANDFALL_PROFILE").value_or("") : "";
    TRY(const auto profiles, ProfileStore(terminal).load());
    const Profile* found = profiles.find(named.empty() ? profiles.current : named);
    if (found == nullptr && !named.empty())
        return fail(Code::InvalidArgument,
                    fmt::format("There is no profile '{}'; landfall profile list tells those there are", named));
    return found == nullptr ? std::nullopt : std::optional(*found);
}

Status check_profile_name(std::string_view name) {
    constexpr std::size_t kLongest = 64;
    if (name.empty() || has_control(name) || name.size() > kLongest)
        return fail(Code::InvalidArgument, "The name of a profile has 1 to 64 characters");
    return {};
}

Result<Server> address_of(const Invocation& invocation, const Terminal& terminal) {
    Server server;
    server.url = given(invocation, terminal, "url", "LANDFALL_URL");
    server.authorities = given(invocation, terminal, "cacert", "SSL_CERT_FILE");
    if (server.url.empty()) {
        TRY(const auto profile, chosen_profile(terminal));
        server.url = profile ? profile->url : std::string(kDefaultUrl);
        if (profile && server.authorities.empty())
            server.authorities = profile->authorities;
    }
    TRY(server.url, server_url(server.url));
    return server;
}

Result<Server> server_of(const Invocation& invocation, const Terminal& terminal) {
    Server server;
    server.url = given(invocation, terminal, "url", "LANDFALL_URL");
    server.authorities = given(invocation, terminal, "cacert", "SSL_CERT_FILE");
    server.token = given(invocation, terminal, "token", "LANDFALL_TOKEN");
    if (server.token.empty()) {
        TRY(const auto profile, chosen_profile(terminal));
        // A credential goes to the server that it is for, and to no other.
        if (profile && (server.url.empty() || server_url(server.url).value_or("") == profile->url))
            use_profile(server, *profile, terminal);
    }
    TRY(server.url, server_url(server.url.empty() ? std::string(kDefaultUrl) : server.url));
    if (server.token.empty() && !server.renewal)
        return fail(Code::InvalidArgument,
                    "No credentials: run landfall login, set LANDFALL_TOKEN to an API key, or give --token");
    if (has_blanks(server.token))
        return fail(Code::InvalidArgument,
                    "The token contains spaces or line breaks; set LANDFALL_TOKEN to the API key alone");
    return server;
}

Result<std::string> read_text(const Terminal& terminal, const std::string& file) {
    std::unique_ptr<std::FILE, CloseFile> opened;
    std::FILE* from = terminal.in;
    if (file != "-") {
        opened.reset(std::fopen(file.c_str(), "rbe"));
        from = opened.get();
    }
    if (from == nullptr)
        return fail(Code::Internal, fmt::format("'{}' can't be read", file));
    std::string text;
    std::array<char, 65536> buffer{};
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), from)) {
        text.append(buffer.data(), got);
        if (text.size() > kMaxText)
            return fail(Code::Internal, fmt::format("'{}' holds more than 64 MiB", file));
    }
    if (std::ferror(from) != 0)
        return fail(Code::Internal, fmt::format("'{}' can't be read", file));
    return text;
}

int report(const Terminal& terminal, const Error& error) {
    for (const std::string& line : error_lines(error))
        terminal.complain(line);
    return exit_code_of(error);
}

int report_usage(const Terminal& terminal, const Error& error) {
    for (const std::string& line : error_lines(error))
        terminal.complain(line);
    return 2;
}

} // namespace landfall::cli
