#include "faces/docs/markdown.hpp"

#include <cctype>
#include <md4c-html.h>
#include <md4c.h>

namespace landfall::faces {
namespace {

void append(const MD_CHAR* text, MD_SIZE size, void* to) {
    static_cast<std::string*>(to)->append(text, size);
}

/// The text of markup: without tags, and with entities as they are.
std::string text_in(std::string_view markup) {
    std::string text;
    bool in_tag = false;
    for (const char c : markup) {
        if (c == '<' || c == '>')
            in_tag = c == '<';
        else if (!in_tag)
            text += c;
    }
    return text;
}

/// As GitHub makes it: lower case, hyphens for blanks, no other punctuation.
std::string id_of(std::string_view heading) {
    std::string id;
    for (const char c : text_in(heading)) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || byte >= 0x80 || c == '-' || c == '_')
            id += static_cast<char>(std::tolower(byte));
        else if (c == ' ')
            id += '-';
    }
    return id;
}

/// Markup that is looked through from its beginning to its end, and copied with changes.
class Rewriter {
public:
    explicit Rewriter(std::string_view rest) : rest_(rest) {}

    /// Copies up to and without the next `mark`; false, with all copied, if there is none.
    bool copy_to(std::string_view mark) {
        const auto at = rest_.find(mark);
        out_ += rest_.substr(0, at);
        rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
        return !rest_.empty();
    }
    /// Takes away what comes before the next `end`, and that.
    std::string_view take_to(std::string_view end) {
        const auto at = rest_.find(end);
        const auto taken = rest_.substr(0, at);
        rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
        return taken;
    }
    std::string_view rest() const { return rest_; }
    void add(std::string_view markup) { out_ += markup; }
    std::string result() && { return std::move(out_); }

private:
    std::string_view rest_;
    std::string out_;
};

std::string with_ids(std::string_view markup) {
    Rewriter html(markup);
    while (html.copy_to("<h")) {
        const char level = html.rest().size() > 3 && html.rest()[3] == '>' ? html.rest()[2] : ' ';
        const auto tag = html.take_to(">");
        if (level < '1' || level > '6') { // <hr>
            html.add(std::string(tag) + ">");
            continue;
        }
        const std::string end = std::string("</h") + level + ">";
        const std::string heading(html.take_to(end));
        html.add(std::string(tag) + R"( id=")" + id_of(heading) + R"(">)" + heading + end);
    }
    return std::move(html).result();
}

std::string with_links(std::string_view markup, const LinkOf& link_of) {
    constexpr std::string_view kBegin = R"(<a href=")";
    Rewriter html(markup);
    while (html.copy_to(kBegin)) {
        html.take_to(kBegin);
        const std::string link = link_of(html.take_to(R"(")"));
        html.take_to(">");
        const auto text = html.take_to("</a>");
        html.add(link.empty() ? std::string(text) : std::string(kBegin) + link + R"(">)" + std::string(text) + "</a>");
    }
    return std::move(html).result();
}

std::string with_scrolling(std::string_view markup) {
    Rewriter html(markup);
    while (html.copy_to("<table>")) {
        const std::string table(html.take_to("</table>"));
        html.add(R"(<div class="scroll" tabindex="0">)" + table + "</table></div>");
    }
    return std::move(html).result();
}

} // namespace

pages::Html render_markdown(std::string_view markdown, const LinkOf& link_of) {
    std::string html;
    md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &html, MD_DIALECT_GITHUB | MD_FLAG_NOHTML,
            0);
    return pages::Html::of_markup(with_scrolling(with_links(with_ids(html), link_of)));
}

std::string title_of(std::string_view markdown) {
    const auto begin = markdown.find("# ");
    return begin == std::string_view::npos
               ? ""
               : std::string(markdown.substr(begin + 2, markdown.find('\n', begin) - begin - 2));
}

} // namespace landfall::faces
