#include "catalog/search/like.hpp"

#include <optional>

namespace landfall::catalog {
namespace {

/// Takes the first UTF-8 character off.
std::string_view take_character(std::string_view& text) {
    std::size_t size = 1;
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
        ++size;
    const std::string_view character = text.substr(0, size);
    text.remove_prefix(size);
    return character;
}

/// Takes one mark of the pattern that is no `%` and one character of the text. False if they differ.
bool take_match(std::string_view& text, std::string_view& pattern) {
    std::string_view mark = take_character(pattern);
    const std::string_view character = take_character(text);
    if (mark == "_")
        return true;
    if (mark == "\\" && !pattern.empty())
        mark = take_character(pattern);
    return mark == character;
}

} // namespace

bool is_like(std::string_view text, std::string_view pattern) {
    struct Wildcard {
        std::string_view text;    ///< what the latest `%` has not taken yet
        std::string_view pattern; ///< what follows it
    };
    std::optional<Wildcard> latest;
    while (!text.empty() || !pattern.empty()) {
        if (pattern.starts_with('%')) {
            pattern.remove_prefix(1);
            latest = {text, pattern};
            continue;
        }
        if (!text.empty() && !pattern.empty() && take_match(text, pattern))
            continue;
        // The latest `%` takes one character more; those before it need no other try.
        if (!latest || latest->text.empty())
            return false;
        take_character(latest->text);
        text = latest->text;
        pattern = latest->pattern;
    }
    return true;
}

} // namespace landfall::catalog
