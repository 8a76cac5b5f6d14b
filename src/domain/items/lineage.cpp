#include "domain/items/lineage.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/items/collection.hpp"
#include "catalog/work/job.hpp"
#include "catalog/work/upload.hpp"
#include "domain/tenancy/access.hpp"

namespace landfall::domain {
namespace {

/// Whether the caller may see the entity; deleted items stay in the graph.
Result<bool> is_visible(Context& cx, const catalog::Entity& entity) {
    const OrganizationId& organization = cx.principal.organization_id;
    const auto in_project = [&](const ProjectId& project) -> Result<bool> {
        CHECK_OK(require_project(cx, project, ProjectRole::Viewer));
        return true;
    };
    if (entity.type == "item") {
        CHECK_OK(require_item_even_deleted(cx, ItemId(entity.id), ProjectRole::Viewer));
        return true;
    }
    if (entity.type == "project")
        return in_project(ProjectId(entity.id));
    if (entity.type == "collection") {
        TRY(const auto row, catalog::find_collection(cx.session, organization, CollectionId(entity.id)));
        return row ? in_project(row->project_id) : Result<bool>(false);
    }
    if (entity.type == "asset") {
        TRY(const auto row, catalog::find_asset_by_id(cx.session, organization, AssetId(entity.id)));
        return row ? in_project(row->project_id) : Result<bool>(false);
    }
    if (entity.type == "upload") {
        TRY(const auto row, catalog::find_upload(cx.session, organization, UploadId(entity.id)));
        return row ? in_project(row->project_id) : Result<bool>(false);
    }
    if (entity.type == "processing_job") {
        TRY(const auto row, catalog::find_job(cx.session, organization, JobId(entity.id)));
        return row && row->project_id ? in_project(*row->project_id) : Result<bool>(row.has_value());
    }
    return false;
}

} // namespace

Status record_origin(Context& cx, const catalog::Entity& derived, const catalog::Entity& origin) {
    catalog::EdgeRow edge;
    edge.id = EdgeId::make();
    edge.organization_id = cx.principal.organization_id;
    edge.src = derived;
    edge.dst = origin;
    edge.invocation_id = cx.request_id;
    edge.created_at = cx.now;
    CHECK_OK(catalog::insert_edge(cx.session, edge));
    cx.provenance_written = true;
    return {};
}

Result<catalog::Lineage> lineage_of(Context& cx, const catalog::LineageQuery& query) {
    const auto visible = is_visible(cx, query.root);
    if (!visible && visible.error().code != Code::NotFound)
        return fail(visible.error());
    if (!visible || !*visible)
        return fail(Code::NotFound, "No such entity; check entity_type and entity_id");
    return catalog::trace_lineage(cx.session, query);
}

} // namespace landfall::domain
