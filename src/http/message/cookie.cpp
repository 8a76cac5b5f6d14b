#include "http/message/cookie.hpp"

#include "http/message/wire_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::http {

std::optional<std::string> cookie(const Request& request, std::string_view name) {
    for (const auto& [field, value] : request.headers.all()) {
        if (!same_text(field, "Cookie"))
            continue;
        for (std::string_view rest = value; !rest.empty();) {
            const std::string_view pair = trimmed(rest.substr(0, rest.find(';')));
            rest.remove_prefix(
                std::min(rest.size(), rest.find(';') == std::string_view::npos ? rest.size() : rest.find(';') + 1));
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == name)
                return std::string(pair.substr(equals + 1));
        }
    }
    return std::nullopt;
}

void set_cookie(Response& response, const NewCookie& cookie) {
    std::string text = fmt::format("{}={}; Path={}; HttpOnly; SameSite=Strict", cookie.name, cookie.value, cookie.path);
    if (cookie.value.empty())
        text += "; Max-Age=0";
    else if (cookie.life.count() > 0)
        text += fmt::format("; Max-Age={}", cookie.life.count());
    if (cookie.secure)
        text += "; Secure";
    response.headers.add("Set-Cookie", std::move(text));
}

} // namespace landfall::http
