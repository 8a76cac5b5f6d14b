#include "cli/json_text.hpp"

#include <algorithm>

namespace landfall::cli {
namespace {

constexpr std::size_t kColumns = 100;

bool is_plain(const Json& value) {
    return !value.is_array() && !value.is_object();
}

std::string one_line(const Json& array) {
    std::string text = "[";
    for (const Json& entry : array.items()) {
        text += text.size() > 1 ? ", " : "";
        entry.dump_to(text);
        if (text.size() > kColumns)
            break;
    }
    return text + "]";
}

void write(std::string& out, const Json& value, std::size_t indent);

void write_array(std::string& out, const Json& value, std::size_t indent) {
    const auto& items = value.items();
    if (std::all_of(items.begin(), items.end(), is_plain)) {
        if (const std::string line = one_line(value); line.size() + indent <= kColumns) {
            out += line;
            return;
        }
    }
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += i > 0 ? ",\n" : "\n";
        out.append(indent + 2, ' ');
        write(out, items[i], indent + 2);
    }
    out += '\n';
    out.append(indent, ' ');
    out += ']';
}

void write_object(std::string& out, const Json& value, std::size_t indent) {
    const auto& members = value.members();
    if (members.empty()) {
        out += "{}";
        return;
    }
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
        out += i > 0 ? ",\n" : "\n";
        out.append(indent + 2, ' ');
        append_json_string(out, members[i].first);
        out += ": ";
        write(out, members[i].second, indent + 2);
    }
    out += '\n';
    out.append(indent, ' ');
    out += '}';
}

// Json::parse bounds the depth.
void write(std::string& out, const Json& value, std::size_t indent) {
    if (value.is_array())
        write_array(out, value, indent);
    else if (value.is_object())
        write_object(out, value, indent);
    else
        value.dump_to(out);
}

} // namespace

std::string pretty_json(const Json& value) {
    std::string out;
    write(out, value, 0);
    return out;
}

} // namespace landfall::cli
