#include "domain/ingest/placing.hpp"

#include "catalog/work/job.hpp"
#include "core/text.hpp"
#include "domain/drawing/profiles.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/transact.hpp"
#include "domain/work/awaited_tasks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::size_t kMostWarnings = 50;
constexpr std::size_t kWarningBytes = 1000;
constexpr std::string_view kWarnings = "landfall:warnings";

AwaitedTasks tasks_of(Call& call) {
    return {call.services, call.principal.organization_id,
            std::chrono::seconds(call.services.settings.limits.complete_seconds)};
}

/// Runs a task that reads no file, so that what ends it before its time is not the caller's fault.
template<typename Arguments, typename Answer>
Result<Answer> run_alone(Call& call, const schema::TaskSpec<Arguments, Answer>& task, const Arguments& arguments) {
    TRY(const auto folder, jobs::ScratchFolder::make(call.services.settings.scratch_directory));
    auto answer = tasks_of(call).run(task, folder.path(), arguments);
    if (answer || answer.error().code != Code::InvalidArgument || !answer.error().fields.empty())
        return answer;
    return fail(Error(Code::Unavailable, "The reference systems could not be looked up in time; repeat the call in a "
                                         "moment")
                    .because(answer.error().cause));
}

/// The first of them.
Json warnings_of(const imagery::Facts& facts) {
    Json warnings = Json::array();
    const std::size_t shown = std::min(facts.warnings.size(), kMostWarnings);
    for (std::size_t i = 0; i < shown; ++i)
        warnings.push(clean_utf8(facts.warnings[i], kWarningBytes));
    if (shown < facts.warnings.size())
        warnings.push(fmt::format("There are {} more warnings.", facts.warnings.size() - shown));
    return warnings;
}

Status set_time(std::optional<Timestamp>& time, const std::optional<std::string>& text) {
    if (text) {
        TRY(time, parse_rfc3339(*text));
    }
    return {};
}

/// An asset to be placed, among those of its item.
struct Placed {
    std::vector<catalog::AssetRow> assets;
    catalog::AssetRow asset;
};

Result<Placed> find_placed(Context& cx, const PlaceTerms& terms) {
    TRY(const auto item, require_item(cx, terms.item_id, ProjectRole::Editor));
    Placed out;
    TRY(out.assets, catalog::list_assets(cx.session, item.organization_id, item.id));
    TRY(auto chosen, choose_asset(out.assets, terms.asset_key, std::nullopt));
    if (!chosen)
        return fail_field("item_id", "The item has no file that could be placed");
    out.asset = *std::move(chosen);
    TRY(const Json facts, Json::parse(out.asset.facts));
    if (out.asset.is_rendition || !out.asset.blob_key || (!facts["raster"].is_object() && !facts["vector"].is_object()))
        return fail_field("asset_key",
                          fmt::format("The asset '{}' is no uploaded raster or vector file", out.asset.key));
    return out;
}

/// The facts with the place of a new reading; what they tell of pixels stays.
imagery::Facts moved(imagery::Facts facts, const imagery::Facts& found) {
    facts.media_type = found.media_type;
    facts.epsg = found.epsg;
    facts.crs_wkt = found.crs_wkt;
    facts.crs_name = found.crs_name;
    facts.given_crs = found.given_crs;
    facts.geometry = found.geometry;
    facts.bbox = found.bbox;
    facts.native_bbox = found.native_bbox;
    facts.gsd = found.gsd;
    facts.warnings = found.warnings;
    if (!facts.raster || !found.raster)
        return facts;
    facts.raster->transform = found.raster->transform;
    facts.raster->gcps_only = found.raster->gcps_only;
    facts.raster->renderable = found.raster->renderable;
    facts.raster->not_drawn = found.raster->not_drawn;
    facts.raster->is_cog = found.raster->is_cog;
    return facts;
}

Status check_moved(const imagery::Facts& found) {
    if (found.given_crs.empty())
        return fail_field("crs", "The file is placed by a camera model, which no reference system replaces; "
                                 "orthorectify it and upload that");
    if (found.geometry)
        return {};
    return fail_field("crs", found.warnings.empty() ? "The file can't be placed on the Earth with it"
                                                    : fmt::format("The file can't be placed with it: {}",
                                                                  clean_utf8(found.warnings.back(), kWarningBytes)));
}

/// Whether a tile worker can draw from the file itself.
bool is_direct(const Placed& placed, const imagery::Facts& facts) {
    std::vector<std::string> names;
    for (const auto* sidecar : sidecars_of(placed.assets, placed.asset))
        names.push_back(sidecar->file_name);
    return facts.raster->is_cog || direct_extension(facts, placed.asset.media_type, names).has_value();
}

/// Takes away what was made of the asset where it was, and whatever is still being made.
Status take_renditions(Context& cx, Shelf& shelf, const catalog::AssetRow& asset) {
    CHECK_OK(catalog::cancel_jobs_of_asset(cx.session, asset.organization_id, asset.id, cx.now));
    std::int64_t freed = 0; // renditions count nowhere
    for (const auto& one : std::vector(shelf.assets()))
        if (one.derived_from_asset == asset.id)
            CHECK_OK(take_away(cx, shelf, one, freed));
    return {};
}

Status place_item(catalog::ItemRow& item, const imagery::Facts& facts) {
    TRY(Json properties, Json::parse(item.properties));
    tell_warnings(properties, facts);
    item.properties = properties.dump();
    item.facts = item_facts(facts);
    item.geometry = facts.geometry->dump();
    item.bbox = facts.bbox
                    ? std::optional(geo::Bounds{(*facts.bbox)[0], (*facts.bbox)[1], (*facts.bbox)[2], (*facts.bbox)[3]})
                    : std::nullopt;
    item.gsd = facts.gsd ? facts.gsd : item.gsd;
    return {};
}

} // namespace

Status set_place_and_time(catalog::ItemRow& item, const imagery::Facts& facts) {
    if (facts.geometry && !item.geometry) {
        item.geometry = facts.geometry->dump();
        if (facts.bbox)
            item.bbox = geo::Bounds{(*facts.bbox)[0], (*facts.bbox)[1], (*facts.bbox)[2], (*facts.bbox)[3]};
    }
    if (!item.datetime && !item.start_datetime && !item.end_datetime) {
        CHECK_OK(set_time(item.datetime, facts.datetime));
        CHECK_OK(set_time(item.start_datetime, facts.start_datetime));
        CHECK_OK(set_time(item.end_datetime, facts.end_datetime));
    }
    if (!item.gsd)
        item.gsd = facts.gsd;
    return {};
}

Result<imagery::CrsList> find_crs(Call& call, const imagery::CrsQuery& query) {
    return run_alone(call, imagery::kFindCrs, query);
}

Status check_crs(Call& call, const std::string& crs) {
    return run_alone(call, imagery::kReadCrs, {crs}).map([](const imagery::CrsName&) {});
}

std::string item_facts(const imagery::Facts& facts) {
    imagery::Facts summary = facts;
    if (summary.raster)
        summary.raster->bands.clear();
    return schema::to_json_text(summary);
}

void tell_warnings(Json& properties, const imagery::Facts& facts) {
    properties.erase(kWarnings);
    if (!facts.warnings.empty())
        properties.set(kWarnings, warnings_of(facts));
}

Result<PreparedPlace> prepare_place(Call& call, const PlaceTerms& terms) {
    TRY(const auto placed, in_snapshot(call, [&](Context& cx) { return find_placed(cx, terms); }));
    PreparedPlace out{placed.asset, {}, std::nullopt};
    TRY(auto workplace, lay_out_asset(call.services, placed.assets, placed.asset));
    workplace.files.crs = terms.crs;
    AwaitedTasks tasks = tasks_of(call);
    imagery::ProbeArguments arguments;
    arguments.files = workplace.files;
    arguments.full_decode_bytes = 0; // the pixels are known
    TRY(const auto found, tasks.run(imagery::kProbe, workplace.folder.path(), arguments));
    CHECK_OK(check_moved(found));
    TRY(auto before, imagery::facts_from_text(placed.asset.facts));
    out.facts = moved(std::move(before), found);
    if (!out.facts.raster || !out.facts.raster->renderable || is_direct(placed, out.facts))
        return out;
    TRY(const auto room, lay_out_asset(call.services, placed.assets, placed.asset)); // a task leaves files behind
    TRY(out.cog, make_cog_now(call.services, tasks, room, out.facts));
    return out;
}

Result<catalog::ItemRow> commit_place(Context& cx, const PlaceTerms& terms, const PreparedPlace& prepared) {
    TRY(auto locked, require_item_for_update(cx, terms.item_id));
    TRY(auto shelf, Shelf::open(cx, std::move(locked)));
    TRY(auto first, choose_asset(shelf.assets(), std::nullopt, std::nullopt));
    const auto at = std::ranges::find(shelf.assets(), prepared.asset.id, &catalog::AssetRow::id);
    if (at == shelf.assets().end() || at->facts != prepared.asset.facts)
        return fail_race("The asset changed at the same time; repeat the call");
    catalog::AssetRow asset = *at;
    describe_asset(asset, prepared.facts);
    if (!prepared.facts.media_type.empty())
        asset.media_type = prepared.facts.media_type;
    CHECK_OK(shelf.change_asset(asset));
    CHECK_OK(take_renditions(cx, shelf, asset));
    if (prepared.cog)
        CHECK_OK(put_cog(shelf, asset, prepared.cog->file.info, prepared.cog->made));
    if (!shelf.item.geometry || (first && first->id == asset.id))
        CHECK_OK(place_item(shelf.item, prepared.facts));
    CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
    CHECK_OK(ensure_default_profile(cx, shelf.item, prepared.facts, {asset.key, asset.file_name}));
    CHECK_OK(enqueue_renditions(cx, asset, prepared.facts, prepared.cog ? CogState::Present : CogState::Missing));
    cx.touch(asset.id.str());
    return std::move(shelf.item);
}

} // namespace landfall::domain
