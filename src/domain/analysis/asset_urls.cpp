#include "domain/analysis/asset_urls.hpp"

#include "catalog/items/asset.hpp"
#include "core/text.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/transact.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace landfall::domain {
namespace {

constexpr std::size_t kLongestUrl = 4096;

auto not_ours(std::string_view field) {
    return fail_field(std::string(field),
                      "Give the href or a signed URL of an asset of this server; others are not read. "
                      "Upload the file, or give item_id to the operations of items");
}

/// The path of an address of this server, without its query; nothing for others.
std::optional<std::string> own_path(const Call& call, std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    if (url.starts_with('/'))
        return url.starts_with("//") ? std::nullopt : std::optional(std::string(url));
    const auto scheme = url.find("://");
    const auto path = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
    if (path == std::string_view::npos)
        return std::nullopt;
    const std::string origin = lower_case(url.substr(0, path));
    const Settings& settings = call.services.settings;
    if (origin != lower_case(call.origin()) && origin != lower_case(settings.public_url) &&
        origin != lower_case(call.came_by))
        return std::nullopt;
    return std::string(url.substr(path));
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const auto end = std::min(path.find('/'), path.size());
        segments.push_back(percent_decode(path.substr(0, end)).value_or(""));
        path.remove_prefix(end);
    }
    return segments;
}

/// Of an asset's href.
std::optional<AssetPlace> place_in_href(const std::vector<std::string>& path) {
    const bool is_href = path.size() == 6 && path[0] == "api" && path[1] == "v1" && path[2] == "items" &&
                         path[4] == "assets" && !path[3].empty() && !path[5].empty();
    return is_href ? std::optional(AssetPlace{ItemId(path[3]), path[5]}) : std::nullopt;
}

/// Of the path that a signed URL is about: `/storage/{bucket}/assets/{asset}/{file name}`.
std::optional<AssetId> asset_in_signed(const std::vector<std::string>& path) {
    const bool is_signed = path.size() == 5 && path[0] == "storage" && path[2] == "assets" && !path[3].empty();
    return is_signed ? std::optional(AssetId(path[3])) : std::nullopt;
}

} // namespace

Result<AssetPlace> find_asset_place(Call& call, std::string_view field, const std::string& url) {
    const auto path = url.size() <= kLongestUrl ? own_path(call, url) : std::nullopt;
    if (!path)
        return not_ours(field);
    const auto segments = segments_of(*path);
    if (auto place = place_in_href(segments))
        return *std::move(place);
    const auto id = asset_in_signed(segments);
    if (!id)
        return not_ours(field);
    return in_snapshot(call, [&](Context& cx) -> Result<AssetPlace> {
        TRY(const auto asset, catalog::find_asset_of_any_organization(cx.session, *id));
        if (!asset || asset->organization_id != cx.principal.organization_id)
            return fail(Code::NotFound, "The address leads to no asset of yours");
        return AssetPlace{asset->item_id, asset->id.str()};
    });
}

} // namespace landfall::domain
