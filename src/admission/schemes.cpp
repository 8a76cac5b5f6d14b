#include "admission/schemes.hpp"

#include "auth/access_token.hpp"
#include "domain/sign_in/basic.hpp"
#include "domain/sign_in/derived_tokens.hpp"
#include "domain/sign_in/tokens.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/public_items.hpp"

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

/// `Authorization: Bearer eyJ…`: a token that was issued here.
std::string_view token_of(const Credentials& credentials) {
    const std::string_view bearer = parameter_of(credentials.authorization, "bearer");
    return auth::is_token(bearer) ? bearer : std::string_view();
}

/// `Authorization: Bearer gpra_…`, else X-API-Key. An Authorization header of any form hides the other.
std::string_view api_key_of(const Credentials& credentials) {
    return credentials.authorization.empty() ? trim(credentials.api_key)
                                             : parameter_of(credentials.authorization, "bearer");
}

/// `Authorization: Basic …`, where it counts.
std::string_view basic_of(const Credentials& credentials) {
    return credentials.takes_basic ? parameter_of(credentials.authorization, "basic") : std::string_view();
}

/// `Authorization: Token …`, where a password counts: it stands for one.
std::string_view derived_of(const Credentials& credentials) {
    return credentials.takes_basic ? parameter_of(credentials.authorization, "token") : std::string_view();
}

/// The cookie of a browser's session, which everything else hides: a page's script that shows a key means the key.
std::string_view cookie_of(const Credentials& credentials) {
    return credentials.authorization.empty() && credentials.api_key.empty() ? std::string_view(credentials.cookie)
                                                                            : std::string_view();
}

/// A credential that is one secret.
struct Kind {
    std::string_view name;
    std::string_view (*secret_of)(const Credentials&);
    std::string (*digest_of)(std::string_view secret); ///< under which its caller is remembered
    Result<auth::Principal> (*authenticate)(const domain::Services&, std::string_view secret, const std::string& digest,
                                            Timestamp now);
};

Result<auth::Principal> authenticate_api_key(const domain::Services& services, std::string_view /*secret*/,
                                             const std::string& digest, Timestamp now) {
    return domain::authenticate(services, digest, now);
}

constexpr Kind kToken{"session_token", token_of, domain::token_digest, domain::authenticate_token};
constexpr Kind kApiKey{"api_key", api_key_of, domain::key_digest, authenticate_api_key};
constexpr Kind kCookie{"cookie", cookie_of, domain::cookie_digest, domain::authenticate_cookie};

/// The digest that was made when the request came serves the kind that made it, and no other.
std::string digest_of(const Kind& kind, const Credentials& credentials, std::string_view secret) {
    const std::string_view made = credentials.digest;
    if (made.size() > kind.name.size() && made.starts_with(kind.name) && made[kind.name.size()] == ':')
        return std::string(made.substr(kind.name.size() + 1));
    return kind.digest_of(secret);
}

template<const Kind& kind>
Result<std::optional<Caller>> identify_by(const domain::Services& services, const Credentials& credentials,
                                          Timestamp now) {
    const std::string_view secret = kind.secret_of(credentials);
    if (secret.empty())
        return std::optional<Caller>();
    TRY(auto principal, kind.authenticate(services, secret, digest_of(kind, credentials, secret), now));
    return Caller{std::move(principal), secret};
}

template<const Kind& kind>
std::optional<Recognized> recognize_by(const domain::Services& services, const Credentials& credentials) {
    const std::string_view secret = kind.secret_of(credentials);
    if (secret.empty())
        return std::nullopt;
    const std::string digest = kind.digest_of(secret);
    return Recognized{domain::recognize(services, digest), std::string(kind.name) + ":" + digest};
}

template<const Kind& kind>
constexpr Scheme kSchemeOf{kind.name, identify_by<kind>, recognize_by<kind>};

Result<std::optional<Caller>> identify_basic(const domain::Services& services, const Credentials& credentials,
                                             Timestamp now) {
    const std::string_view pair = basic_of(credentials);
    if (pair.empty())
        return std::optional<Caller>();
    TRY(auto principal,
        domain::authenticate_basic(services, {pair, credentials.address, credentials.organization}, now));
    return Caller{std::move(principal), pair};
}

Result<std::optional<Caller>> identify_derived(const domain::Services& services, const Credentials& credentials,
                                               Timestamp now) {
    const std::string_view token = derived_of(credentials);
    if (token.empty())
        return std::optional<Caller>();
    TRY(auto principal, domain::authenticate_derived(services, token, credentials.organization, now));
    return Caller{std::move(principal), token};
}

/// Nobody, who may read the one item that the request is about, as with a link that shares it.
Result<std::optional<Caller>> identify_public(const domain::Services& services, const Credentials& credentials,
                                              Timestamp /*now*/) {
    const bool shows_any = !credentials.authorization.empty() || !credentials.api_key.empty();
    if (shows_any || credentials.public_item.empty())
        return std::optional<Caller>();
    TRY(auto principal, domain::public_reader(services, credentials.public_item));
    return principal ? std::optional(Caller{*std::move(principal)}) : std::nullopt;
}

/// Whose it is lies under a digest of its own, and is not worth making that twice.
std::optional<Recognized> recognize_nobody(const domain::Services& /*services*/, const Credentials& /*credentials*/) {
    return std::nullopt;
}

constexpr std::array<Scheme, 6> kSchemes{kSchemeOf<kToken>,
                                         Scheme{"basic", identify_basic, recognize_nobody},
                                         Scheme{"derived_token", identify_derived, recognize_nobody},
                                         kSchemeOf<kApiKey>,
                                         kSchemeOf<kCookie>,
                                         Scheme{"public", identify_public, recognize_nobody}};

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
        if (auto recognized = scheme.recognize(services, credentials))
            return *std::move(recognized);
    return {};
}

} // namespace landfall::admission
