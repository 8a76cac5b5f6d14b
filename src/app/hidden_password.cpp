#include "app/hidden_password.hpp"

#include <algorithm>

namespace landfall::app {
namespace {

constexpr std::string_view kHidden = "***";

/// Hides the password in `user:password@` of a URL.
void hide_in_user(std::string& text) {
    const auto scheme = text.find("://");
    if (scheme == std::string::npos)
        return;
    const auto begin = scheme + 3;
    const auto end = std::min(text.find_first_of("/?", begin), text.size());
    const auto at = text.substr(0, end).rfind('@');
    const auto colon = text.find(':', begin);
    if (at != std::string::npos && at > begin && colon < at)
        text.replace(colon + 1, at - colon - 1, kHidden);
}

std::size_t after_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\n", at), text.size());
}

/// Where a value ends: at its closing quote, at a blank, or in a URL at the next parameter.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    if (at == text.size() || text[at] != '\'')
        return std::min(text.find_first_of(text.find("://") != std::string_view::npos ? "&" : " \t\n", at),
                        text.size());
    for (++at; at < text.size() && text[at] != '\''; ++at)
        if (text[at] == '\\')
            ++at;
    return std::min(at + 1, text.size());
}

/// Hides what follows `password=` and `sslpassword=`.
void hide_parameters(std::string& text) {
    constexpr std::string_view kName = "password";
    for (auto found = text.find(kName); found != std::string::npos; found = text.find(kName, found + kName.size())) {
        const auto equals = after_blanks(text, found + kName.size());
        if (equals == text.size() || text[equals] != '=')
            continue;
        const auto value = after_blanks(text, equals + 1);
        text.replace(value, end_of_value(text, value) - value, kHidden);
    }
}

} // namespace

std::string hidden_password(std::string_view database) {
    std::string text(database);
    hide_in_user(text);
    hide_parameters(text);
    return text;
}

} // namespace landfall::app
