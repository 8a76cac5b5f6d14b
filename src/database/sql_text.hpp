#pragma once
/// SQL that is put together while compiling.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace landfall::database {

/// A text with its size, so that it can be a template's argument. `N` counts the zero at its end.
template<std::size_t N>
struct SqlText {
    char text[N]{};
    constexpr SqlText() = default;
    consteval SqlText(const char (&literal)[N]) { std::copy_n(literal, N, text); }
    constexpr std::string_view view() const { return {text, N - 1}; }
    constexpr operator std::string_view() const { return view(); }
};

/// Where a writer's text goes: its length first, then the text itself.
class SqlLength {
public:
    constexpr void add(std::string_view part) { size_ += part.size(); }
    constexpr std::size_t size() const { return size_; }

private:
    std::size_t size_ = 0;
};
class SqlFiller {
public:
    constexpr explicit SqlFiller(char* at) : at_(at) {}
    constexpr void add(std::string_view part) { at_ = std::copy(part.begin(), part.end(), at_); }

private:
    char* at_;
};

/// What `Writer::write(out)` adds, as one text.
template<typename Writer>
inline constexpr auto text_of = [] {
    constexpr std::size_t size = [] {
        SqlLength length;
        Writer::write(length);
        return length.size();
    }();
    SqlText<size + 1> out;
    SqlFiller filler(out.text);
    Writer::write(filler);
    return out;
}();

template<SqlText... parts>
struct SqlParts {
    static constexpr void write(auto& out) { (out.add(parts.view()), ...); }
};

/// `sql<"SELECT ", kColumns, " FROM project">`: the parts as one text.
template<SqlText... parts>
inline constexpr std::string_view sql = text_of<SqlParts<parts...>>.view();

/// Adds `?7`.
constexpr void add_mark(auto& out, int number) {
    std::array<char, 8> digits{};
    std::size_t at = digits.size();
    for (; number > 0; number /= 10)
        digits[--at] = static_cast<char>('0' + number % 10);
    digits[--at] = '?';
    out.add(std::string_view(digits.data() + at, digits.size() - at));
}

} // namespace landfall::database
