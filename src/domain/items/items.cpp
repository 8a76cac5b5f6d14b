#include "domain/items/items.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/work/job.hpp"
#include "catalog/work/upload.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/collections.hpp"
#include "domain/items/item_document.hpp"
#include "domain/items/lineage.hpp"
#include "domain/tenancy/access.hpp"
#include "geo/geojson.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

/// Documents stay readable in one piece: see design section 5.
constexpr std::size_t kDocumentBytes = 512 * 1024;
constexpr std::size_t kPropertiesBytes = 256 * 1024;

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
    return set_footprint(item);
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

} // namespace

Json event_data(const catalog::ItemRow& item) {
    return Json::object({{"project_id", item.project_id.str()}, {"name", item.name}});
}

Status set_footprint(catalog::ItemRow& item) {
    if (item.geometry) {
        TRY(const Json geometry, Json::parse(*item.geometry));
        TRY(item.footprint, geo::footprint_of(geometry, item.bbox));
    } else if (item.bbox) {
        item.footprint = geo::footprint_of(*item.bbox);
    } else {
        item.footprint = {};
    }
    return {};
}

Result<catalog::ItemRow> create_item(Context& cx, const NewItem& wanted) {
    TRY(const auto project, require_writable_project(cx, wanted.project_id, ProjectRole::Editor));
    CHECK_OK(check_times(wanted));
    CHECK_OK(check_text_limits(wanted));
    if (wanted.collection_id)
        CHECK_OK(find_collection_in(cx, project.id, *wanted.collection_id));
    TRY(const auto origins, check_origins(cx, wanted));
    catalog::ItemRow item;
    item.id = ItemId::make();
    item.organization_id = project.organization_id;
    item.project_id = project.id;
    item.collection_id = wanted.collection_id;
    item.stac_id = wanted.stac_id.value_or(item.id.str());
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
    item.created_by = cx.principal.user_id;
    item.created_at = item.updated_at = cx.now;
    std::vector<catalog::EdgeRow> edges;
    for (const auto& origin : origins)
        edges.emplace_back().dst = origin;
    compose_texts(item, {}, edges);
    if (item.document.size() > kDocumentBytes)
        return fail_field("properties", fmt::format("The item's STAC document takes more than {} KiB; store large data "
                                                    "as an asset",
                                                    kDocumentBytes / 1024));
    auto stored = catalog::insert_item(cx.session, item);
    if (!stored && stored.error().code == Code::Conflict)
        return fail(
            Error(Code::Conflict, fmt::format("The collection has an item with stac_id '{}' already", item.stac_id))
                .because(stored.error().cause));
    CHECK_OK(stored);
    cx.artifact_produced = true;
    for (const auto& origin : origins)
        CHECK_OK(record_origin(cx, {"item", item.id.str()}, origin));
    cx.touch(item.id.str());
    CHECK_OK(cx.tell(catalog::event::kItemCreated, item.id.str(), event_data(item)));
    return item;
}

Status delete_item(Context& cx, const ItemId& id) {
    TRY(const auto item, require_item_for_update(cx, id));
    TRY(const auto assets, catalog::list_assets(cx.session, item.organization_id, item.id));
    std::int64_t freed = 0;
    for (const auto& asset : assets)
        CHECK_OK(drop_asset(cx, asset, freed));
    CHECK_OK(catalog::add_usage(cx.session, {{item.organization_id, catalog::UsageKind::StorageUsed, -freed,
                                              "items.delete", item.id.str(), cx.now}}));
    TRY(const bool deleted, catalog::delete_item(cx.session, item.organization_id, item.id, cx.now));
    if (!deleted)
        return fail(Code::NotFound, "Item not found");
    cx.touch(item.id.str());
    return cx.tell(catalog::event::kItemDeleted, item.id.str(), event_data(item));
}

} // namespace landfall::domain
