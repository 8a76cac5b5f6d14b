#include "domain/items/items.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/items/profile.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/work/job.hpp"
#include "catalog/work/upload.hpp"
#include "core/text.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/collections.hpp"
#include "domain/items/item_removal.hpp"
#include "domain/items/item_texts.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/retention.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"
#include "geo/geojson.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>

namespace landfall::domain {
namespace {

constexpr std::size_t kPropertiesBytes = 256 * 1024;
constexpr double kAnyNumber = std::numeric_limits<double>::max();
constexpr std::size_t kNameBytes = 480; ///< of a source's name that a copy takes over

Status set_place(catalog::ItemRow& item, const NewItem& wanted) {
    if (wanted.geometry) {
        TRY(const geo::Bbox box, geo::geometry_bbox(*wanted.geometry));
        item.geometry = wanted.geometry->dump();
        item.bbox = geo::Bounds{box[0], box[1], box[2], box[3]};
    }
    if (wanted.bbox) {
        TRY(const geo::Bbox box, geo::parse_bbox(*wanted.bbox));
        item.bbox = geo::Bounds{box[0], box[1], box[2], box[3]};
        if (!wanted.geometry)
            item.geometry = geo::bbox_geometry(box).dump();
    }
    return {};
}

/// Facts that are the item's own and may be told among its properties, as STAC has it.
struct ToldFacts {
    std::optional<Timestamp> datetime, start_datetime, end_datetime;
    std::optional<double> cloud_cover, gsd;
};

Result<std::optional<Timestamp>> take_time(Json& properties, std::string_view name) {
    const Json* told = properties.find(name);
    if (told == nullptr)
        return std::optional<Timestamp>();
    std::optional<Timestamp> at;
    if (told->is_string()) {
        auto parsed = parse_rfc3339(told->as_view());
        if (!parsed)
            return fail_field("properties", fmt::format("{}: {}", name, parsed.error().message));
        at = *parsed;
    } else if (!told->is_null()) {
        return fail_field("properties", fmt::format("{} must be an RFC 3339 time or null", name));
    }
    properties.erase(name);
    return at;
}

Result<std::optional<double>> take_number(Json& properties, std::string_view name, double most) {
    const Json* told = properties.find(name);
    if (told == nullptr)
        return std::optional<double>();
    std::optional<double> number;
    if (told->is_number() && told->as_number() >= 0 && told->as_number() <= most)
        number = told->as_number();
    else if (!told->is_null())
        return fail_field("properties", fmt::format("{} must be a number from 0{}, or null", name,
                                                    most < kAnyNumber ? fmt::format(" to {}", most) : ""));
    properties.erase(name);
    return number;
}

/// Takes them out of the properties: what has a field of its own is kept there alone, so that search, record and STAC
/// document never disagree.
Result<ToldFacts> take_facts(Json& properties) {
    ToldFacts told;
    TRY(told.datetime, take_time(properties, "datetime"));
    TRY(told.start_datetime, take_time(properties, "start_datetime"));
    TRY(told.end_datetime, take_time(properties, "end_datetime"));
    TRY(told.cloud_cover, take_number(properties, "eo:cloud_cover", 100));
    TRY(told.gsd, take_number(properties, "gsd", kAnyNumber));
    return told;
}

/// Calls `assign` with each fact of an item and what was told of it.
template<typename Item, typename Assign>
void each_fact(Item& item, const ToldFacts& told, Assign assign) {
    assign(item.datetime, told.datetime);
    assign(item.start_datetime, told.start_datetime);
    assign(item.end_datetime, told.end_datetime);
    assign(item.cloud_cover, told.cloud_cover);
    assign(item.gsd, told.gsd);
}

Status check_times(const NewItem& wanted) {
    if (wanted.start_datetime.has_value() != wanted.end_datetime.has_value())
        return fail_field("end_datetime", "start_datetime and end_datetime come together");
    if (wanted.start_datetime && *wanted.end_datetime < *wanted.start_datetime)
        return fail_field("end_datetime", "end_datetime lies before start_datetime");
    return {};
}

/// Whether a text anywhere in the value holds U+0000, which PostgreSQL's JSON cannot.
bool has_nul(const Json& json) {
    if (json.as_view().find('\0') != std::string_view::npos)
        return true;
    for (const auto& entry : json.items())
        if (has_nul(entry))
            return true;
    for (const auto& [name, value] : json.members())
        if (name.find('\0') != std::string::npos || has_nul(value))
            return true;
    return false;
}

Status check_text_limits(const NewItem& wanted) {
    if (has_nul(wanted.properties))
        return fail_field("properties", "A text in the properties holds U+0000; leave it out");
    if (wanted.geometry && wanted.geometry->dump().size() > kDocumentBytes - kPropertiesBytes)
        return fail_field("geometry", fmt::format("The geometry takes more than {} KiB as JSON; simplify it",
                                                  (kDocumentBytes - kPropertiesBytes) / 1024));
    if (wanted.properties.dump().size() > kPropertiesBytes)
        return fail_field("properties",
                          fmt::format("The properties take more than {} KiB as JSON; store large data as an asset",
                                      kPropertiesBytes / 1024));
    if (wanted.stac_id && (wanted.stac_id->empty() || wanted.stac_id->size() > 255))
        return fail_field("stac_id", "A stac_id has 1 to 255 bytes");
    if (wanted.description && wanted.description->size() > 64 * 1024)
        return fail_field("description", "A description has at most 64 KiB");
    return {};
}

/// The item's origins must exist in the same project; gives the edges to write.
Result<std::vector<catalog::Entity>> check_origins(Context& cx, const NewItem& wanted) {
    std::vector<catalog::Entity> origins;
    if (wanted.upload_id) {
        TRY(const auto upload,
            catalog::find_upload(cx.session, cx.principal.organization_id, UploadId(*wanted.upload_id)));
        if (!upload || upload->project_id != wanted.project_id)
            return fail(Code::NotFound, "The project has no such upload (upload_id)");
        origins.push_back({"upload", *wanted.upload_id});
    }
    if (wanted.job_id) {
        TRY(const auto job, catalog::find_job(cx.session, cx.principal.organization_id, JobId(*wanted.job_id)));
        if (!job || job->project_id != wanted.project_id)
            return fail(Code::NotFound, "The project has no such job (job_id)");
        origins.push_back({"processing_job", *wanted.job_id});
    }
    if (wanted.order_id)
        origins.push_back({"order", *wanted.order_id});
    if (origins.empty())
        origins.push_back({"project", wanted.project_id.str()});
    return origins;
}

/// Where the item lies: a geometry gives its box, a box without one its geometry. A cleared geometry takes the box
/// along, unless that is given as well; a cleared box leaves the geometry.
Status change_place(catalog::ItemRow& item, const ItemChange& change) {
    NewItem place;
    if (change.geometry.value && *change.geometry.value)
        place.geometry = (*change.geometry.value)->value;
    if (change.bbox.value)
        place.bbox = *change.bbox.value;
    if (change.geometry.value && !place.geometry)
        item.geometry.reset();
    if ((change.geometry.value || change.bbox.value) && !place.bbox)
        item.bbox.reset();
    CHECK_OK(check_text_limits(place));
    return set_place(item, place);
}

Status change_state(Context& cx, catalog::ItemRow& item, const std::string& state) {
    const auto may = [](std::string_view one) { return one == lifecycle::kActive || one == lifecycle::kArchived; };
    if (state == item.lifecycle_state)
        return {};
    if (!may(state) || !may(item.lifecycle_state))
        return fail(Code::Conflict, fmt::format("The item is {} and can't be made {}; an update goes from active to "
                                                "archived and back",
                                                item.lifecycle_state, state));
    TRY(const Retention retention, catalog::find_retention_terms(cx.session, item.organization_id));
    if (state == lifecycle::kActive) {
        reactivate(item, retention, cx.now);
        return {};
    }
    if (retention.plan == catalog::Plan::Free && retention.days)
        return fail(Code::Conflict, "The free plan archives nothing beyond its retention; change the plan to keep it");
    item.lifecycle_state = state;
    item.archived_at = cx.now;
    item.expires_at.reset();
    return {};
}

Status change_collection(Context& cx, catalog::ItemRow& item, const std::optional<CollectionId>& wanted) {
    if (wanted == item.collection_id)
        return {};
    if (!wanted)
        return leave_collection(cx, item);
    CHECK_OK(hold_collection_in(cx, item.project_id, *wanted));
    item.collection_id = wanted;
    return {};
}

bool changes_nothing(const ItemChange& change) {
    return !change.collection_id.value && !change.name.value && !change.description.value && !change.geometry.value &&
           !change.bbox.value && !change.datetime.value && !change.cloud_cover.value && !change.gsd.value &&
           !change.properties.value && !change.lifecycle_state.value;
}

/// The source's assets, which keep their relations among each other.
Status copy_assets(Shelf& copy, const std::vector<catalog::AssetRow>& assets) {
    std::map<AssetId, AssetId> copies;
    const auto moved = [&](std::optional<AssetId>& relation) {
        if (const auto it = relation ? copies.find(*relation) : copies.end(); it != copies.end())
            relation = it->second;
    };
    for (catalog::AssetRow asset : assets) {
        const AssetId original = asset.id;
        moved(asset.derived_from_asset);
        moved(asset.sidecar_of);
        TRY(const auto made, copy.put_copy(std::move(asset)));
        copies.emplace(original, made.id);
    }
    return {};
}

Status copy_profiles(Context& cx, const catalog::ItemRow& source, const ItemId& copy) {
    TRY(const auto profiles, catalog::list_profiles(cx.session, source.organization_id, source.id));
    for (catalog::ProfileRow profile : profiles) {
        profile.id = ProfileId::make();
        profile.item_id = copy;
        profile.version = 1;
        profile.created_by = cx.principal.user_id;
        profile.created_at = profile.updated_at = cx.now;
        CHECK_OK(catalog::insert_profile(cx.session, profile));
    }
    return {};
}

} // namespace

Result<catalog::ItemRow> create_item(Context& cx, NewItem wanted) {
    TRY(const auto told, take_facts(wanted.properties));
    each_fact(wanted, told, [](auto& given, const auto& fact) { given = given ? given : fact; });
    TRY(const auto project, require_writable_project(cx, wanted.project_id, ProjectRole::Editor));
    CHECK_OK(check_times(wanted));
    CHECK_OK(check_text_limits(wanted));
    if (wanted.collection_id)
        CHECK_OK(hold_collection_in(cx, project.id, *wanted.collection_id));
    TRY(const auto origins, check_origins(cx, wanted));
    catalog::ItemRow item;
    item.organization_id = project.organization_id;
    item.project_id = project.id;
    item.collection_id = wanted.collection_id;
    item.stac_id = wanted.stac_id.value_or("");
    item.type = wanted.type;
    CHECK_OK(set_place(item, wanted));
    item.datetime = wanted.datetime;
    item.start_datetime = wanted.start_datetime;
    item.end_datetime = wanted.end_datetime;
    item.cloud_cover = wanted.cloud_cover;
    item.gsd = wanted.gsd;
    item.name = wanted.name;
    item.description = wanted.description;
    item.properties = wanted.properties.dump();
    item.stac_extensions = Json::array_of(wanted.stac_extensions).dump();
    item.order_id = wanted.order_id;
    if (wanted.upload_id)
        item.upload_id = UploadId(*wanted.upload_id);
    if (wanted.job_id)
        item.job_id = JobId(*wanted.job_id);
    return Shelf::put_item(cx, std::move(item), origins).map([](Shelf&& shelf) { return std::move(shelf.item); });
}

Result<catalog::ItemRow> update_item(Context& cx, const ItemId& id, const ItemChange& change) {
    TRY(auto locked, require_item_for_update(cx, id));
    if (changes_nothing(change))
        return locked;
    TRY(auto shelf, Shelf::open(cx, std::move(locked)));
    catalog::ItemRow& item = shelf.item;
    if (change.collection_id.value)
        CHECK_OK(change_collection(cx, item, *change.collection_id.value));
    if (change.geometry.value || change.bbox.value)
        CHECK_OK(change_place(item, change));
    if (change.lifecycle_state.value)
        CHECK_OK(change_state(cx, item, *change.lifecycle_state.value));
    NewItem texts;
    if (change.properties.value) {
        if (*change.properties.value)
            texts.properties = (*change.properties.value)->value;
        TRY(const auto told, take_facts(texts.properties));
        each_fact(item, told, [](auto& known, const auto& fact) { known = fact ? fact : known; });
    }
    change.name.assign_to(item.name);
    change.description.assign_to(item.description);
    change.datetime.assign_to(item.datetime);
    change.cloud_cover.assign_to(item.cloud_cover);
    change.gsd.assign_to(item.gsd);
    texts.description = item.description;
    texts.start_datetime = item.start_datetime;
    texts.end_datetime = item.end_datetime;
    CHECK_OK(check_times(texts));
    CHECK_OK(check_text_limits(texts));
    if (change.properties.value)
        item.properties = texts.properties.dump();
    CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
    return std::move(shelf.item);
}

Result<catalog::ItemRow> duplicate_item(Context& cx, const ItemId& id, const ItemCopy& copy) {
    TRY(const auto source, require_item(cx, id, ProjectRole::Editor));
    if (source.lifecycle_state == "expired")
        return fail(Code::Gone, "The item is expired; it is copied again once it is restored");
    TRY(const auto project,
        require_writable_project(cx, copy.target_project_id.value_or(source.project_id), ProjectRole::Editor));
    catalog::ItemRow draft = source;
    draft.project_id = project.id;
    draft.collection_id = copy.target_collection_id;
    if (copy.target_collection_id)
        CHECK_OK(hold_collection_in(cx, project.id, *copy.target_collection_id));
    else if (project.id == source.project_id)
        draft.collection_id = source.collection_id;
    draft.stac_id.clear();
    draft.name = copy.new_name ? *copy.new_name : clean_utf8(source.name, kNameBytes) + " (copy)";
    draft.duplicated_from_id = source.id;
    draft.version = catalog::ItemRow().version;
    draft.lifecycle_state = catalog::ItemRow().lifecycle_state;
    draft.expires_at = draft.archived_at = std::nullopt;
    draft.previous_version_id.reset();
    draft.order_id.reset();
    draft.upload_id.reset();
    draft.job_id.reset();
    TRY(const auto assets, catalog::list_assets(cx.session, source.organization_id, source.id));
    TRY(auto shelf, Shelf::put_item(cx, std::move(draft), {{"item", source.id.str()}}));
    CHECK_OK(copy_assets(shelf, assets));
    CHECK_OK(copy_profiles(cx, source, shelf.item.id));
    CHECK_OK(shelf.store(catalog::IndexUpdate::Keep));
    CHECK_OK(enqueue_missing_renditions(cx, shelf));
    return std::move(shelf.item);
}

Status delete_item(Context& cx, const ItemId& id) {
    TRY(const auto item, require_item_for_update(cx, id));
    TRY(const std::int64_t freed, retire_item(cx.transaction, item, cx.now));
    CHECK_OK(catalog::add_usage(cx.session, {{item.organization_id, catalog::UsageKind::StorageUsed, -freed,
                                              "items.delete", item.id.str(), cx.now}}));
    cx.touch(item.id.str());
    return {};
}

} // namespace landfall::domain
