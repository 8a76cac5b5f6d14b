#include "domain/drawing/tile_source.hpp"

#include "catalog/items/profile.hpp"
#include "catalog/work/job_link.hpp"
#include "core/text.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/renditions.hpp"
#include "domain/tenancy/access.hpp"
#include "imagery/sidecars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::domain {
namespace {

using Assets = std::vector<catalog::AssetRow>;

constexpr std::size_t kMostQuoted = 100; ///< bytes of what a refusal repeats

auto cannot_draw(std::string_view why) {
    return fail_field("item_id", fmt::format("The item cannot be drawn on a map: {}", why));
}

Result<std::optional<catalog::ProfileRow>> find_profile(Context& cx, const catalog::ItemRow& item,
                                                        const std::optional<std::string>& wanted) {
    if (!wanted || wanted->empty())
        return catalog::find_default_profile(cx.session, item.organization_id, item.id);
    TRY(auto profile, catalog::find_profile_by_id_or_name(cx.session, item.organization_id, item.id, *wanted));
    if (!profile)
        return fail(Code::NotFound,
                    fmt::format("The item has no profile '{}'; visualization.profiles.list tells which it has",
                                clean_utf8(*wanted, kMostQuoted)));
    return profile;
}

bool is_missing(const catalog::AssetRow& asset) {
    return asset.damage == catalog::AssetDamage::Missing;
}

/// The COG rendition made of the asset, if there is one.
const catalog::AssetRow* find_rendition(const Assets& assets, const catalog::AssetRow& original) {
    const auto found = std::find_if(assets.begin(), assets.end(), [&](const auto& asset) {
        return asset.blob_key && asset.rendition_kind == catalog::RenditionKind::Cog && !is_missing(asset) &&
               asset.derived_from_asset == original.id;
    });
    return found != assets.end() ? &*found : nullptr;
}

/// Whether the uploaded file is there with all that it is read with.
bool is_original_whole(const Assets& assets, const catalog::AssetRow& original) {
    return !is_missing(original) && std::ranges::none_of(sidecars_of(assets, original),
                                                         [](const auto* sidecar) { return is_missing(*sidecar); });
}

/// Formats that a tile worker reads straight from an uploaded file.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kDirect{
    {{"GTiff", "tif"}, {"JP2OpenJPEG", "jp2"}, {"PNG", "png"}, {"JPEG", "jpg"}, {"WEBP", "webp"}, {"HFA", "img"}}};

/// Why there is no rendition to draw from yet, or ever.
Status no_rendition(Context& cx, const TileSource& source) {
    const catalog::JobLinkRow reads{.entity = {"asset", source.original.id.str()},
                                    .organization_id = source.item.organization_id};
    TRY(const auto job, catalog::find_job_of(cx.session, kCogJob.name, reads));
    if (job && (job->state == catalog::JobState::Failed || job->state == catalog::JobState::Dead))
        return cannot_draw(
            fmt::format("its map rendition could not be made ({})", job->error_message.value_or("the job failed")));
    Error waiting(Code::Unavailable, "The item's map rendition is still being made; ask again in a few seconds");
    waiting.retry_after_seconds = 3;
    return fail(std::move(waiting));
}

Status use_original(Context& cx, const Assets& assets, TileSource& source) {
    const auto& original = source.original;
    if (!is_original_whole(assets, original))
        return fail(Code::NotFound, fmt::format("The stored file of the asset '{}' is missing from this server; its "
                                                "operator has to bring it back from a backup",
                                                original.key));
    const auto sidecars = sidecars_of(assets, original);
    std::vector<std::string> names;
    names.reserve(sidecars.size());
    for (const auto* sidecar : sidecars)
        names.push_back(sidecar->file_name);
    const auto extension = direct_extension(source.facts, original.media_type, names);
    if (!extension)
        return no_rendition(cx, source);
    source.file = original;
    source.driver = source.facts.driver;
    source.extension = *extension;
    source.files = named_files(sidecars, original, "input." + source.extension);
    return {};
}

} // namespace

std::string value_name(const imagery::Facts& facts, int band) {
    if (band == 0)
        return "expression";
    const auto& bands = facts.raster->bands;
    const auto index = static_cast<std::size_t>(band) - 1;
    return index < bands.size() ? bands[index].name : fmt::format("b{}", band);
}

Result<std::optional<catalog::AssetRow>> choose_asset(const std::vector<catalog::AssetRow>& assets,
                                                      const std::optional<std::string>& wanted,
                                                      const std::optional<std::string>& of_profile) {
    if (wanted && !wanted->empty()) {
        TRY(const auto* const named, named_asset(assets, *wanted));
        return *named;
    }
    std::vector<const catalog::AssetRow*> candidates;
    for (const auto& key : {of_profile.value_or("data"), std::string("data")})
        if (const auto named = named_asset(assets, key))
            candidates.push_back(*named);
    for (const auto& asset : assets)
        if (asset.statistics && !asset.is_rendition)
            candidates.push_back(&asset);
    if (candidates.empty())
        return std::optional<catalog::AssetRow>();
    const auto readable = std::ranges::find_if(candidates, [&](const auto* asset) {
        return is_original_whole(assets, *asset) || find_rendition(assets, *asset) != nullptr;
    });
    return readable != candidates.end() ? **readable : *candidates.front();
}

std::optional<std::string_view> direct_extension(const imagery::Facts& facts, std::string_view media_type,
                                                 const std::vector<std::string>& sidecar_names) {
    const bool placed_by_prj =
        !facts.raster->is_cog && std::any_of(sidecar_names.begin(), sidecar_names.end(),
                                             [](const auto& name) { return imagery::sidecar_suffix(name) == "prj"; });
    if (placed_by_prj || media_type == "application/zip")
        return std::nullopt;
    const auto direct =
        std::find_if(kDirect.begin(), kDirect.end(), [&](const auto& d) { return d.first == facts.driver; });
    return direct == kDirect.end() ? std::nullopt : std::optional(direct->second);
}

Result<TileSource> find_tile_source(Context& cx, const ItemId& id, const std::optional<std::string>& profile_name,
                                    const std::optional<std::string>& asset_key) {
    TileSource source;
    TRY(source.item, require_item(cx, id, ProjectRole::Viewer));
    if (source.item.lifecycle_state == "expired")
        return fail(Code::Gone, "The item is expired and no longer drawn");
    TRY(const auto profile, find_profile(cx, source.item, profile_name));
    TRY(const auto assets, catalog::list_assets(cx.session, source.item.organization_id, source.item.id));
    TRY(auto chosen, choose_asset(assets, asset_key, profile ? profile->asset_key : std::nullopt));
    if (!chosen)
        return cannot_draw("it has no raster asset");
    source.original = *std::move(chosen);
    if (!source.original.blob_key)
        return cannot_draw("the asset's bytes lie outside of this server");
    TRY(const Json facts, Json::parse(source.original.facts));
    if (source.original.is_rendition || !facts["raster"].is_object())
        return cannot_draw(fmt::format("the asset '{}' is no raster", source.original.key));
    TRY(source.facts, imagery::facts_from_text(source.original.facts));
    source.names = imagery::BandNames::of(source.facts);
    if (!source.facts.raster->renderable) {
        const std::string& why = source.facts.raster->not_drawn;
        return cannot_draw(why.empty() ? "it has no georeference, or its pixels are complex numbers" : why);
    }
    if (profile && (!profile->asset_key || *profile->asset_key == source.original.key)) {
        TRY(source.profile_config, Json::parse(profile->config));
        source.profile_type = profile->type;
        source.version = fmt::format("{}.{}", profile->id.str(), profile->version);
    }
    const auto* rendition = source.facts.raster->is_cog ? nullptr : find_rendition(assets, source.original);
    if (rendition != nullptr) {
        source.file = *rendition;
        source.driver = "GTiff";
        source.extension = "tif";
        source.files.push_back({"input.tif", *rendition->blob_key});
    } else {
        CHECK_OK(use_original(cx, assets, source));
    }
    source.version += catalog::content_digest(source.file) + source.original.facts;
    source.version = to_hex(sha256(source.version)).substr(0, 16);
    return source;
}

} // namespace landfall::domain
