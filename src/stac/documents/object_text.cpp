#include "stac/documents/object_text.hpp"

#include <algorithm>

namespace landfall::stac {

std::string moment(Timestamp at) {
    std::string text = format_rfc3339(at);
    constexpr std::string_view kNothing = ".000000Z";
    if (text.ends_with(kNothing))
        text.replace(text.size() - kNothing.size(), std::string::npos, "Z");
    return text;
}

ObjectText& ObjectText::add(std::string_view name, const Json& value) {
    if (text_.size() > 1)
        text_ += ',';
    append_json_string(text_, name);
    text_ += ':';
    value.dump_to(text_);
    return *this;
}

ObjectText& ObjectText::add_raw(std::string_view name, std::string_view json) {
    if (text_.size() > 1)
        text_ += ',';
    append_json_string(text_, name);
    (text_ += ':') += json;
    return *this;
}

ObjectText& ObjectText::add_real(std::string_view name, double number) {
    return add_raw(name, real_text(number));
}

std::string array_text(const std::vector<std::string>& texts) {
    std::string all = "[";
    for (const std::string& text : texts)
        (all += all.size() > 1 ? "," : "") += text;
    return all += ']';
}

std::string real_text(double number) {
    std::string text;
    append_json_number(text, number);
    const bool whole = std::ranges::all_of(text, [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
    return whole ? text + ".0" : text;
}

Json pruned(const Json& value) {
    if (value.is_array()) {
        Json all = Json::array();
        for (const Json& entry : value.items())
            all.push(entry.is_array() ? entry : pruned(entry));
        return all;
    }
    if (!value.is_object())
        return value;
    Json all = Json::object();
    for (const auto& [name, member] : value.members())
        if (!member.is_null() && !(member.is_array() && member.items().empty()))
            all.set(name, pruned(member));
    return all;
}

} // namespace landfall::stac
