#include "storage/s3/xml.hpp"

#include <algorithm>
#include <charconv>

namespace landfall::storage {
namespace {

constexpr std::size_t kDeepest = 16;
constexpr std::string_view kBlanks = " \t\r\n";

auto no_document() {
    return fail(Code::InvalidArgument, "The text is no XML document");
}

std::string_view bare_name(std::string_view tag) {
    tag = tag.substr(0, tag.find_first_of(kBlanks));
    const auto colon = tag.find(':');
    return colon == std::string_view::npos ? tag : tag.substr(colon + 1);
}

/// A character of Unicode as UTF-8.
void append_utf8(std::string& out, unsigned long code) {
    const auto add = [&](unsigned long byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | code >> 6);
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | (code >> 18 & 7));
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

/// Appends what `&name;` stands for; false if nothing does.
bool append_entity(std::string& out, std::string_view name) {
    constexpr std::pair<std::string_view, char> kNamed[] = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (const auto& [known, character] : kNamed)
        if (name == known) {
            out += character;
            return true;
        }
    if (!name.starts_with('#') || name.size() < 2)
        return false;
    const bool hexadecimal = name[1] == 'x';
    const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
    unsigned long code = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, hexadecimal ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size() || code > 0x10FFFF)
        return false;
    append_utf8(out, code);
    return true;
}

bool append_text(std::string& out, std::string_view raw) {
    while (!raw.empty()) {
        const auto mark = std::min(raw.find('&'), raw.size());
        out += raw.substr(0, mark);
        raw.remove_prefix(mark);
        if (raw.empty())
            return true;
        const auto end = raw.find(';');
        if (end == std::string_view::npos || !append_entity(out, raw.substr(1, end - 1)))
            return false;
        raw.remove_prefix(end + 1);
    }
    return true;
}

/// Takes one document apart, tag by tag, with the open elements on a stack.
class Reader {
public:
    explicit Reader(std::string_view document) : rest_(document) {}

    Result<XmlElement> run() {
        while (!rest_.empty() && !(ended_ && rest_.find_first_not_of(kBlanks) == std::string_view::npos)) {
            const auto mark = std::min(rest_.find('<'), rest_.size());
            const auto text = rest_.substr(0, mark);
            rest_.remove_prefix(mark);
            if (open_.empty() ? text.find_first_not_of(kBlanks) != std::string_view::npos
                              : !append_text(open_.back().text, text))
                return no_document();
            if (!rest_.empty() && !take_tag())
                return no_document();
        }
        if (!ended_)
            return no_document();
        return std::move(root_);
    }

private:
    bool skip_past(std::string_view end) {
        const auto at = rest_.find(end);
        if (at == std::string_view::npos)
            return false;
        rest_.remove_prefix(at + end.size());
        return true;
    }

    bool take_tag() {
        if (rest_.starts_with("<?"))
            return skip_past("?>");
        if (rest_.starts_with("<!--"))
            return skip_past("-->");
        const auto end = rest_.find('>');
        if (end == std::string_view::npos || rest_.size() < 2 || rest_[1] == '!')
            return false;
        std::string_view tag = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        if (tag.starts_with('/'))
            return !open_.empty() && open_.back().name == bare_name(tag.substr(1)) && close();
        const bool alone = tag.ends_with('/');
        if (alone)
            tag.remove_suffix(1);
        if (ended_ || open_.size() >= kDeepest || bare_name(tag).empty())
            return false;
        open_.push_back({std::string(bare_name(tag)), {}, {}});
        return !alone || close();
    }

    bool close() {
        XmlElement done = std::move(open_.back());
        open_.pop_back();
        if (open_.empty()) {
            root_ = std::move(done);
            ended_ = true;
        } else {
            open_.back().children.push_back(std::move(done));
        }
        return true;
    }

    std::string_view rest_;
    std::vector<XmlElement> open_;
    XmlElement root_;
    bool ended_ = false;
};

} // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
    const auto found = std::ranges::find(children, child, &XmlElement::name);
    return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::text_of(std::string_view child) const {
    const auto* const found = find(child);
    return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Result<XmlElement> read_xml(std::string_view document) {
    return Reader(document).run();
}

} // namespace landfall::storage
