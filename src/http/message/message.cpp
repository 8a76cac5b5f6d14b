#include "http/message/message.hpp"

#include "core/text.hpp"
#include "http/message/form_field.hpp"
#include "http/message/wire_text.hpp"

#include <algorithm>

namespace landfall::http {
namespace {

std::optional<std::string> decode_form(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
}

/// Takes the first `name=value` off a query; both still encoded.
std::pair<std::string_view, std::string_view> take_pair(std::string_view& query) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    return {pair.substr(0, equals), pair.substr(std::min(pair.size(), equals + 1))};
}

} // namespace

std::pair<std::optional<std::string>, std::optional<std::string>> take_form_field(std::string_view& text) {
    const auto [name, value] = take_pair(text);
    return {decode_form(name), decode_form(value)};
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return same_text(field.first, name); });
}

void Headers::set(std::string_view name, std::string value) {
    remove(name);
    fields_.emplace_back(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
    for (const auto& [field, value] : fields_)
        if (same_text(field, name))
            return std::string_view(value);
    return std::nullopt;
}

std::optional<std::string> Request::query(std::string_view name) const {
    for (std::string_view rest = raw_query; !rest.empty();) {
        const auto [key, value] = take_pair(rest);
        if (decode_form(key) == name)
            return decode_form(value);
    }
    return std::nullopt;
}

std::vector<std::string> Request::query_names() const {
    std::vector<std::string> names;
    for (std::string_view rest = raw_query; !rest.empty();)
        if (auto name = decode_form(take_pair(rest).first); name && !name->empty())
            names.push_back(*std::move(name));
    return names;
}

Response Response::text(int status, std::string content_type, std::string body) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", std::move(content_type));
    response.body = std::move(body);
    return response;
}

} // namespace landfall::http
