#include "domain/stac/links.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

/// Our own links are written with their first slash escaped: that means the same, and as the JSON writer never escapes
/// a slash, `with_origins` tells them from whatever a user's text holds. What earlier versions wrote into stored
/// documents where an origin goes: bytes that no JSON holds. Such a document is composed anew when its item changes.
constexpr char kOldLinkMark = '\x01';
constexpr char kOldServerMark = '\x02';

} // namespace

std::string with_origins(std::string_view stored, const Origins& origins) {
    std::string out;
    out.reserve(stored.size() + 512);
    std::size_t copied = 0;
    const auto splice = [&](std::size_t at, std::string_view origin) {
        out.append(stored.substr(copied, at - copied)).append(origin);
        copied = at + 1;
    };
    for (std::size_t at = 0; at < stored.size(); ++at) {
        if (stored[at] == kOldLinkMark || stored[at] == kOldServerMark)
            splice(at, stored[at] == kOldLinkMark ? origins.links : origins.server);
        if (stored[at] != '\\')
            continue;
        const auto path = stored.substr(at + 1);
        if (path.starts_with('/'))
            splice(at, path.starts_with(kLineageSchemaPath) ? origins.server : origins.links);
        ++at; // what a backslash escapes begins no escape itself
    }
    return out.append(stored.substr(copied));
}

Json lineage_schema() {
    const Json text = Json::object({{"type", "string"}});
    const Json origin = Json::object({{"type", "object"},
                                      {"required", Json::array({"entity_type", "entity_id"})},
                                      {"properties", Json::object({{"entity_type", text}, {"entity_id", text}})}});
    const Json claim = Json::object({{"type", "array"}, {"items", origin}});
    const Json properties = Json::object({{"type", "object"},
                                          {"required", Json::array({"geopera:derived_from"})},
                                          {"properties", Json::object({{"geopera:derived_from", claim}})}});
    return Json::object({{"$schema", "http://json-schema.org/draft-07/schema#"},
                         {"title", "Lineage"},
                         {"description", "An item tells in geopera:derived_from what it was made of."},
                         {"type", "object"},
                         {"required", Json::array({"properties"})},
                         {"properties", Json::object({{"properties", properties}})}});
}

Result<std::string> checked_base_url(const Call& call, const std::optional<std::string>& given) {
    std::string base = given && !given->empty() ? *given : call.origin();
    while (base.ends_with('/'))
        base.pop_back();
    const bool safe = std::all_of(base.begin(), base.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '\x7f';
    });
    if (!safe || base.size() > 2000 || !(base.starts_with("http://") || base.starts_with("https://")))
        return fail_field("base_url", "base_url must be an absolute http or https URL, e.g. https://data.example.org");
    return base;
}

std::string link_text(std::string_view path) {
    return fmt::format(R"("\{}")", path);
}

std::string link_object(std::string_view rel, std::string_view path, std::string_view type) {
    return fmt::format(R"({{"rel":"{}","href":{},"type":"{}"}})", rel, link_text(path), type);
}

std::string collection_path(const CollectionId& collection) {
    return fmt::format("/api/v1/collections/{}/stac.json", collection.str());
}

std::string asset_path(const ItemId& item, std::string_view key) {
    return fmt::format("/api/v1/items/{}/assets/{}", item.str(), percent_encode(key));
}

} // namespace landfall::domain
