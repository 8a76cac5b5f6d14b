#pragma once
/// Access tokens: JWTs that a key of ours signed. Contract: geopera.md section 2.5. Spec: RFC 7519, RFC 9068.

#include "auth/token_key.hpp"
#include "core/time.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::auth {

/// What a token says.
struct Claims {
    std::string issuer, subject, audience;
    std::int64_t issued_at = 0, expires_at = 0; ///< seconds since 1970
    std::string id;
    std::string session;   ///< it ends with it
    std::string client_id; ///< the program that asked for it
    std::string scope;     ///< separated by spaces
    std::string principal_id, principal_type;
    std::optional<std::string> organization_id;
};

constexpr auto describe(schema::Of<Claims>) {
    using schema::field;
    using C = Claims;
    return schema::fields(
        field("iss", &C::issuer, {.required = true}), field("sub", &C::subject, {.required = true}),
        field("aud", &C::audience, {.required = true}), field("iat", &C::issued_at, {.required = true}),
        field("exp", &C::expires_at, {.required = true}), field("jti", &C::id, {.required = true}),
        field("sid", &C::session, {.required = true}), field("client_id", &C::client_id, {.required = true}),
        field("scope", &C::scope, {.required = true}),
        field("geopera_principal_id", &C::principal_id, {.required = true}),
        field("geopera_principal_type", &C::principal_type, {.required = true}),
        field("geopera_org_id", &C::organization_id));
}

/// The text of a signed token.
Result<std::string> sign_token(const TokenKey& key, const Claims& claims);

/// Whether the text has the form of a token: three parts, as no API key has.
bool is_token(std::string_view text);
/// Which key a token names, without a proof of anything; nothing if it is no ES256 token.
std::optional<std::string> key_id_of(std::string_view token);
/// What a token says if the key signed it, its time has not passed and its audience is its issuer, which must be
/// `issuer` if one is given; nothing else.
std::optional<Claims> verify_token(std::string_view token, const TokenKey& key, Timestamp now,
                                   const std::optional<std::string>& issuer = {});

} // namespace landfall::auth
