#include "auth/access_token.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace landfall::auth {
namespace {

constexpr std::int64_t kClockSkew = 60; ///< seconds by which another server's clock may be ahead

std::int64_t seconds_of(Timestamp at) {
    return to_micros(at) / 1'000'000;
}

struct Parts {
    std::string_view header, claims, signature;
    std::string_view signed_text; ///< what the signature is over
};

std::optional<Parts> split(std::string_view token) {
    const auto first = token.find('.');
    const auto second = token.rfind('.');
    if (first == std::string_view::npos || first == second || std::ranges::count(token, '.') != 2)
        return std::nullopt;
    return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                 token.substr(0, second)};
}

std::optional<Json> json_of(std::string_view part) {
    const auto text = from_base64url(part);
    auto json = text ? Json::parse(*text) : Result<Json>(fail(Code::BadRequest, ""));
    return json && json->is_object() ? std::optional(*std::move(json)) : std::nullopt;
}

} // namespace

Result<std::string> sign_token(const TokenKey& key, const Claims& claims) {
    const Json header = Json::object({{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key.id()}});
    std::string text = to_base64url(header.dump()) + "." + to_base64url(schema::to_json_text(claims));
    TRY(const auto signature, key.sign(text));
    return text + "." + to_base64url(signature);
}

bool is_token(std::string_view text) {
    return split(text).has_value();
}

std::optional<std::string> key_id_of(std::string_view token) {
    const auto parts = split(token);
    const auto header = parts ? json_of(parts->header) : std::nullopt;
    // What a critical extension means is not known here, so such a token must not be taken (RFC 7515 section 4.1.11).
    if (!header || (*header)["alg"].as_view() != "ES256" || header->find("crit") != nullptr)
        return std::nullopt;
    return (*header)["kid"].as_string();
}

std::optional<Claims> verify_token(std::string_view token, const TokenKey& key, Timestamp now,
                                   const std::optional<std::string>& issuer) {
    const auto parts = split(token);
    if (!parts || key_id_of(token) != key.id())
        return std::nullopt;
    const auto signature = from_base64url(parts->signature);
    if (!signature || !key.verify(parts->signed_text, *signature))
        return std::nullopt;
    const auto json = json_of(parts->claims);
    auto claims = json ? schema::from_json<Claims>(*json) : Result<Claims>(fail(Code::BadRequest, ""));
    if (!claims || claims->expires_at <= seconds_of(now) || claims->issued_at > seconds_of(now) + kClockSkew)
        return std::nullopt;
    if (claims->audience != claims->issuer || claims->issuer != issuer.value_or(claims->issuer))
        return std::nullopt;
    return *std::move(claims);
}

} // namespace landfall::auth
