#include "cli/stac/stac_server.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::cli {
namespace {

std::string variable(const Terminal& terminal, const std::string& name) {
    return terminal.environment ? terminal.environment(name).value_or("") : "";
}

} // namespace

Result<std::string> stac_url(std::string url) {
    TRY(url, server_url(std::move(url)));
    for (const std::string_view end : {"/api/stac/v1", "/api/stac"})
        if (url.ends_with(end))
            url.resize(url.size() - end.size());
    return server_url(std::move(url));
}

std::string basic_authorization(const std::string& user, const std::string& password) {
    return "Basic " + to_base64(user + ":" + password);
}

Result<StacServer> stac_server_of(const Invocation& invocation, const Terminal& terminal, StacAccess access) {
    StacServer server;
    server.url = given(invocation, terminal, "url", "LANDFALL_URL");
    server.authorities = given(invocation, terminal, "cacert", "SSL_CERT_FILE");
    if (!server.url.empty()) {
        TRY(server.url, stac_url(server.url));
    }
    if (const std::string user = variable(terminal, "STAC_USER"); !user.empty()) {
        server.authorization = basic_authorization(user, variable(terminal, "STAC_PASSWORD"));
    } else {
        TRY(const auto profile, chosen_profile(terminal));
        // A credential goes to the server that it is for, and to no other.
        if (profile && (server.url.empty() || server.url == profile->url)) {
            server.url = profile->url;
            server.authorization = profile->stac_authorization;
            if (server.authorities.empty())
                server.authorities = profile->authorities;
        }
    }
    if (server.url.empty())
        server.url = kDefaultUrl;
    if (access == StacAccess::Write && server.authorization.empty())
        return fail(Code::InvalidArgument,
                    fmt::format("No credentials for {}: run landfall stac login, or set STAC_USER and STAC_PASSWORD",
                                server.url));
    return server;
}

Result<std::vector<std::string>> segments_of(std::string_view operand, SegmentCount count, std::string_view wanted) {
    std::vector<std::string> segments(1);
    for (const char c : operand) {
        if (c == '/')
            segments.emplace_back();
        else
            segments.back() += c;
    }
    const bool some_empty = std::ranges::any_of(segments, [](const auto& one) { return one.empty(); });
    if (some_empty || segments.size() < count.least || segments.size() > count.most)
        return fail(Code::InvalidArgument, std::string(wanted));
    return segments;
}

std::string owner_path(const std::vector<std::string>& collection_and_item) {
    std::vector<std::string_view> words{"collections", collection_and_item.front()};
    if (collection_and_item.size() > 1)
        words.insert(words.end(), {"items", collection_and_item[1]});
    return stac_path(words);
}

} // namespace landfall::cli
