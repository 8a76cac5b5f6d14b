#include "stac/input/user_links.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>

namespace landfall::stac {
namespace {

constexpr std::size_t kMostLinks = 1000;
constexpr std::array<std::string_view, 9> kReserved{"self",         "root",        "parent", "items",      "collection",
                                                    "service-desc", "service-doc", "search", "conformance"};

/// One link as it is stored.
Json read_link(const Json& given, Faults& faults, const Place& place) {
    Members link(given, faults, place);
    const auto href = link.text("href", {.required = true, .nullable = false});
    const auto rel = link.text("rel", {.required = true, .nullable = false, .longest = 30});
    const auto title = link.text("title", {.blank = true, .longest = 255});
    const auto type = link.text("type", {.blank = true, .longest = 150});
    const auto language = link.text("hreflang", {.blank = true, .longest = 32});
    if (href && *href && !is_url(**href))
        link.fault("href", "Enter a valid URL.");
    if (rel && *rel && std::ranges::find(kReserved, **rel) != kReserved.end())
        link.fault("rel", fmt::format("Invalid rel attribute, must not be in {}", fmt::join(kReserved, ", ")));
    Json out = Json::object();
    const auto add = [&](std::string_view name, const Given<std::string>& text) {
        if (text && *text && !(*text)->empty())
            out.set(name, **text);
    };
    add("rel", rel);
    add("href", href);
    add("title", title);
    add("type", type);
    add("hreflang", language);
    return out;
}

} // namespace

bool is_language_tag(std::string_view text) {
    static const std::regex tag(
        R"(([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?)"
        R"((-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wyz](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?|x(-[a-z0-9]{1,8})+)");
    const std::string lower = lower_case(text);
    return lower.size() <= 32 && std::regex_match(lower, tag);
}

Given<Json> read_links(const Json& body, Faults& faults) {
    const Json* given = body.find("links");
    if (given == nullptr)
        return {};
    if (!given->is_array() || given->items().size() > kMostLinks) {
        faults.add({"links"}, given->is_null()    ? "This field may not be null."
                              : given->is_array() ? fmt::format("At most {} links are taken.", kMostLinks)
                                                  : "Expected a list of items.");
        return {};
    }
    Json links = Json::array();
    for (std::size_t i = 0; i < given->items().size(); ++i) {
        const Json link = read_link(given->items()[i], faults, {"links", place_in_array(i)});
        const auto same =
            std::ranges::find_if(links.items(), [&](const Json& one) { return one["rel"] == link["rel"]; });
        if (same != links.items().end())
            *same = link;
        else
            links.push(link);
    }
    return std::optional(std::move(links));
}

Status check_languages(const Json& links) {
    for (const Json& link : links.items())
        if (const Json* language = link.find("hreflang"); language != nullptr && !is_language_tag(language->as_view()))
            return refuse_listed(fmt::format("Invalid hreflang attribute in link: \"{}\" is no language tag",
                                             quoted(language->as_view())));
    return {};
}

} // namespace landfall::stac
