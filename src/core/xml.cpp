#include "core/xml.hpp"

#include "core/text.hpp"

namespace landfall {

std::string xml_text(std::string_view text) {
    constexpr std::size_t kLongestReplacement = 3; // bytes that stand for one that is none of a character
    std::string out;
    for (const char c : clean_utf8(text, kLongestReplacement * text.size())) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&apos;";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r')
                out += "\xEF\xBF\xBD";
            else
                out += c;
        }
    }
    return out;
}

} // namespace landfall
