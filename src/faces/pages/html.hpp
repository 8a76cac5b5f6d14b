#pragma once
/// Pieces of pages. Only literals are markup; everything else is text, and escaped.

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace landfall::faces::pages {

class Html {
public:
    Html() = default;
    /// Markup.
    template<std::size_t N>
    Html(const char (&literal)[N]) : markup_(literal, N - 1) {}

    /// Markup of ours that no compiler sees, such as that of embedded documents.
    static Html of_markup(std::string markup) {
        Html html;
        html.markup_ = std::move(markup);
        return html;
    }

    /// Adds markup.
    template<std::size_t N>
    Html& operator<<(const char (&literal)[N]) {
        markup_.append(literal, N - 1);
        return *this;
    }
    Html& operator<<(const Html& piece) {
        markup_ += piece.markup_;
        return *this;
    }
    /// Adds text, escaped for content and for quoted values of attributes.
    template<typename Text>
        requires(std::same_as<Text, std::string> || std::same_as<Text, std::string_view>)
    Html& operator<<(const Text& text) {
        return add_text(text);
    }

    bool empty() const { return markup_.empty(); }
    const std::string& str() const { return markup_; }

private:
    Html& add_text(std::string_view text);

    std::string markup_;
};

} // namespace landfall::faces::pages
