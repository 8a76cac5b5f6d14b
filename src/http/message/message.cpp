#include "http/message/message.hpp"

#include "core/text.hpp"
#include "http/message/wire_text.hpp"

#include <algorithm>

namespace landfall::http {
namespace {

std::optional<std::string> decode_form(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
}

} // namespace

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
    std::string_view rest = raw_query;
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (decode_form(pair.substr(0, equals)) == name)
            return decode_form(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
    }
    return std::nullopt;
}

Response Response::text(int status, std::string content_type, std::string body) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", std::move(content_type));
    response.body = std::move(body);
    return response;
}

} // namespace landfall::http
