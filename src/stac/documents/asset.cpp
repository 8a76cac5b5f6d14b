#include "stac/documents/asset.hpp"

#include "stac/documents/etag.hpp"
#include "stac/documents/object_text.hpp"

namespace landfall::stac {
namespace {

void add_members(ObjectText& out, const Asked& asked, const AssetOwner& owner, const catalog::AssetRow& asset) {
    const Dialect& dialect = asked.dialect();
    out.add("type", asset.media_type);
    out.add("href", asset.href ? *asset.href : file_url(asked, owner, asset.key));
    out.add("title", asset.title).add("description", asset.description);
    const Json roles = Json::parse(asset.roles).value_or(Json());
    if (dialect.has_roles && !roles.items().empty())
        out.add("roles", roles);
    if (asset.checksum)
        out.add(dialect.checksum, *asset.checksum);
    const Json further = asset.members ? Json::parse(*asset.members).value_or(Json()) : Json();
    for (const auto& [name, value] : further.members()) {
        if (name == "gsd")
            out.add_real(dialect.gsd, value.as_number());
        else
            out.add(name, value);
    }
    out.add("created", asset.created_at).add("updated", asset.updated_at);
}

} // namespace

std::string asset_document(const Asked& asked, const AssetOwner& owner, const catalog::AssetRow& asset) {
    ObjectText out;
    out.add("id", asset.key);
    add_members(out, asked, owner, asset);
    out.add("links", asset_links(asked, owner, asset.key));
    return std::move(out).text();
}

std::string embedded_assets(const Asked& asked, const AssetOwner& owner, std::span<const catalog::AssetRow> assets) {
    ObjectText all;
    for (const auto& asset : assets) {
        ObjectText one;
        add_members(one, asked, owner, asset);
        all.add_raw(asset.key, std::move(one).text());
    }
    return std::move(all).text();
}

std::string etag_of(const catalog::AssetRow& asset) {
    return change_tag({asset.id.str(), to_micros(asset.updated_at)});
}

} // namespace landfall::stac
