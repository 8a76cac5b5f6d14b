#pragma once
/// Numbers in texts that people and other programs write.

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace landfall {

/// The number that the whole text is, in the C locale and to the base of ten; nothing if it is none, if anything stands
/// beside it, or if it is beyond the type's range. `nan` and `inf` are numbers of the floating types.
template<typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

} // namespace landfall
