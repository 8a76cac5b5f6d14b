#include "faces/pages/html.hpp"

#include "core/text.hpp"

namespace landfall::faces::pages {

Html& Html::add_text(std::string_view text) {
    for (const char c : clean_utf8(text, text.size() * 3)) {
        switch (c) {
        case '&':
            markup_ += "&amp;";
            break;
        case '<':
            markup_ += "&lt;";
            break;
        case '>':
            markup_ += "&gt;";
            break;
        case '"':
            markup_ += "&quot;";
            break;
        case '\'':
            markup_ += "&#39;";
            break;
        default:
            markup_ += is_control(c) && c != '\n' && c != '\t' ? ' ' : c;
        }
    }
    return *this;
}

} // namespace landfall::faces::pages
