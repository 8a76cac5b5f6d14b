#include "stac/paging/cursor.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "http/message/origin.hpp"
#include "stac/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace landfall::stac {
namespace {

constexpr std::int64_t kMostEntries = 100;
constexpr std::size_t kProofBytes = 9;
constexpr std::size_t kLongestCursor = 4096;

/// Shows that we told the place, for this list.
std::string proof_of(const Asked& asked, std::string_view list, std::string_view place) {
    const std::string bound =
        fmt::format("stac cursor\n{}\n{}:{}\n{}", asked.project.id.str(), list.size(), list, place);
    return hmac_sha256(asked.site.services.signing_key.secret, bound).substr(0, kProofBytes);
}

auto no_cursor() {
    return not_found("Invalid cursor");
}

/// The request's path and its query with another cursor.
std::string page_url(const Asked& asked, const std::string& cursor) {
    std::string query;
    for (std::string_view rest = asked.request.raw_query; !rest.empty();) {
        const std::string_view part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        if (part.substr(0, part.find('=')) != "cursor" && !part.empty())
            (query += part) += '&';
    }
    return fmt::format("{}{}?{}cursor={}", asked.cx.origin(), asked.request.raw_path, query, cursor);
}

} // namespace

Result<std::int64_t> read_limit(const std::optional<std::string>& text) {
    if (!text || text->empty())
        return kMostEntries;
    std::int64_t limit = 0;
    const char* end = text->data() + text->size();
    const auto [last, error] = std::from_chars(text->data(), end, limit);
    const bool is_huge = error == std::errc::result_out_of_range && last == end;
    if (!is_huge && (error != std::errc() || last != end))
        return refuse_listed("Invalid limit query parameter: must be an integer");
    if (is_huge ? text->front() == '-' : limit < 1)
        return refuse_listed("limit query parameter too small, must be in range 1..100");
    return is_huge ? kMostEntries : std::min(limit, kMostEntries);
}

Result<PageRequest> read_page(const Asked& asked, std::size_t keys) {
    PageRequest page;
    page.limit_text = asked.request.query("limit");
    TRY(page.limit, read_limit(page.limit_text));
    if (const auto cursor = asked.request.query("cursor"); cursor && !cursor->empty()) {
        TRY(page.from, read_cursor(asked, asked.request.path, *cursor, keys));
    }
    return page;
}

Result<Cursor> read_cursor(const Asked& asked, std::string_view list, const std::string& text, std::size_t keys) {
    const auto bytes = text.size() <= kLongestCursor ? from_base64url(text) : std::nullopt;
    if (!bytes || bytes->size() <= kProofBytes)
        return no_cursor();
    const std::string place = bytes->substr(kProofBytes);
    if (!equal_constant_time(bytes->substr(0, kProofBytes), proof_of(asked, list, place)))
        return no_cursor();
    const auto json = Json::parse(place);
    if (!json || json->items().size() != keys + 1)
        return no_cursor();
    Cursor cursor;
    cursor.backwards = json->items().front().as_bool();
    for (std::size_t i = 1; i <= keys; ++i)
        cursor.keys.push_back(json->items()[i].as_string());
    return cursor;
}

std::string cursor_text(const Asked& asked, std::string_view list, const Cursor& cursor) {
    Json json = Json::array({cursor.backwards});
    for (const std::string& key : cursor.keys)
        json.push(Json(key));
    const std::string place = json.dump();
    return to_base64url(proof_of(asked, list, place) + place);
}

void add_page_links(const Asked& asked, std::string_view list, const Neighbours& around, Json& links) {
    const auto add = [&](std::string_view rel, const std::optional<Cursor>& cursor) {
        if (cursor)
            links.push(Json::object({{"rel", rel}, {"href", page_url(asked, cursor_text(asked, list, *cursor))}}));
    };
    add("next", around.next);
    add("previous", around.previous);
}

} // namespace landfall::stac
