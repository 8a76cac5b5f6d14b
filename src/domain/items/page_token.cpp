#include "domain/items/page_token.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

constexpr std::size_t kProofBytes = 16;

Json key_json(const catalog::FilterValue& key) {
    if (const auto* text = std::get_if<std::string>(&key))
        return {*text};
    if (const auto* integer = std::get_if<std::int64_t>(&key))
        return {*integer};
    if (const auto* real = std::get_if<double>(&key))
        return {*real};
    return {};
}

catalog::FilterValue key_of(const Json& json) {
    if (json.is_string())
        return json.as_string();
    if (json.is_integer())
        return json.as_integer();
    if (json.is_number())
        return json.as_number();
    return std::monostate();
}

/// What shows that the place was told by us, as an answer to this question.
std::string proof_of(const Call& call, std::string_view question, std::string_view place) {
    const std::string bound = fmt::format("page token\n{}\n{}:{}\n{}", call.principal.organization_id.str(),
                                          question.size(), question, place);
    return hmac_sha256(call.services.signing_key.secret, bound).substr(0, kProofBytes);
}

auto no_token() {
    return fail_field("page_token", "The page_token is not one of this search; begin again without it, and change "
                                    "nothing but the limit from page to page");
}

} // namespace

std::optional<std::string> page_token(const Call& call, std::string_view question,
                                      const std::optional<catalog::ItemCursor>& end) {
    if (!end)
        return std::nullopt;
    Json keys = Json::array();
    for (const auto& key : end->keys)
        keys.push(key_json(key));
    const std::string place = keys.dump();
    return to_base64url(proof_of(call, question, place) + place);
}

Result<std::optional<catalog::ItemCursor>> read_page_token(const Call& call, std::string_view question,
                                                           const std::optional<std::string>& token,
                                                           std::int64_t offset) {
    if (!token)
        return std::optional<catalog::ItemCursor>();
    if (offset != 0)
        return fail_field("offset", "A page_token says where to go on; leave the offset out");
    const auto bytes = from_base64url(*token);
    if (!bytes || bytes->size() <= kProofBytes)
        return no_token();
    const std::string place = bytes->substr(kProofBytes);
    if (!equal_constant_time(bytes->substr(0, kProofBytes), proof_of(call, question, place)))
        return no_token();
    TRY(const Json keys, Json::parse(place));
    catalog::ItemCursor cursor;
    for (const Json& key : keys.items())
        cursor.keys.push_back(key_of(key));
    return std::optional(std::move(cursor));
}

} // namespace landfall::domain
