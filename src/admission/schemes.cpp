#include "admission/schemes.hpp"

#include "domain/tenancy/access.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace landfall::admission {
namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

/// What follows the name of a scheme (in lower case) in an Authorization header; nothing if it is another scheme's.
std::string_view parameter_of(std::string_view authorization, std::string_view scheme) {
    const bool named = authorization.size() > scheme.size() && authorization[scheme.size()] == ' ' &&
                       std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                                  [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
    return named ? trim(authorization.substr(scheme.size())) : std::string_view();
}

/// `Authorization: Bearer gpra_…`, else X-API-Key. An Authorization header of any form hides the other.
std::string_view api_key_of(const Credentials& credentials) {
    return credentials.authorization.empty() ? trim(credentials.api_key)
                                             : parameter_of(credentials.authorization, "bearer");
}

Result<std::optional<Caller>> identify_api_key(const domain::Services& services, const Credentials& credentials,
                                               Timestamp now) {
    const std::string_view key = api_key_of(credentials);
    if (key.empty())
        return std::optional<Caller>();
    TRY(auto principal,
        domain::authenticate(services, credentials.digest.empty() ? domain::key_digest(key) : credentials.digest, now));
    return Caller{std::move(principal), key};
}

Recognized recognize_api_key(const domain::Services& services, const Credentials& credentials) {
    Recognized recognized;
    recognized.digest = domain::key_digest(api_key_of(credentials));
    recognized.organization = domain::recognize(services, recognized.digest);
    return recognized;
}

constexpr std::array<Scheme, 1> kSchemes{{{"api_key", identify_api_key, recognize_api_key}}};

} // namespace

std::span<const Scheme> schemes() {
    return kSchemes;
}

Result<Caller> identify(const domain::Services& services, const Credentials& credentials, Timestamp now,
                        std::span<const Scheme> among) {
    for (const auto& scheme : among) {
        TRY(auto caller, scheme.identify(services, credentials, now));
        if (caller)
            return *std::move(caller);
    }
    if (!credentials.authorization.empty())
        return fail(Code::Unauthenticated, "The Authorization header must read: Bearer <API key or token>");
    return fail(Code::Unauthenticated, "The credentials are missing. Send a valid API key as a Bearer token");
}

Recognized recognize(const domain::Services& services, const Credentials& credentials) {
    for (const auto& scheme : kSchemes)
        if (auto recognized = scheme.recognize(services, credentials); !recognized.organization.empty())
            return recognized;
    return {};
}

} // namespace landfall::admission
