#include "domain/items/collections.hpp"

#include "catalog/ledger/outbox.hpp"
#include "domain/items/lineage.hpp"
#include "domain/tenancy/access.hpp"

namespace landfall::domain {

Result<catalog::CollectionRow> create_collection(Context& cx, const NewCollection& wanted) {
    TRY(const auto project, require_writable_project(cx, wanted.project_id, ProjectRole::Editor));
    if (wanted.color && wanted.color->size() > 32)
        return fail_field("color", "A color has at most 32 characters, e.g. #3388ff");
    if (wanted.description && wanted.description->size() > 64 * 1024)
        return fail_field("description", "A description has at most 64 KiB");
    catalog::CollectionRow row;
    row.id = CollectionId::make();
    row.organization_id = project.organization_id;
    row.project_id = project.id;
    row.stac_id = row.id.str();
    row.name = wanted.name;
    row.description = wanted.description;
    row.color = wanted.color;
    row.show_on_map = wanted.show_on_map;
    row.layer_order = wanted.layer_order;
    row.created_by = cx.principal.user_id;
    row.created_at = row.updated_at = cx.now;
    CHECK_OK(catalog::insert_collection(cx.session, row));
    cx.artifact_produced = true;
    CHECK_OK(record_origin(cx, {"collection", row.id.str()}, {"project", project.id.str()}));
    cx.touch(row.id.str());
    CHECK_OK(cx.tell(catalog::event::kCollectionCreated, row.id.str(),
                     Json::object({{"project_id", row.project_id.str()}, {"name", row.name}})));
    return row;
}

Result<catalog::CollectionRow> require_collection(Context& cx, const ProjectId& project, const CollectionId& id) {
    CHECK_OK(require_project(cx, project, ProjectRole::Viewer));
    return find_collection_in(cx, project, id);
}

Result<catalog::CollectionRow> find_collection_in(Context& cx, const ProjectId& project, const CollectionId& id) {
    TRY(const auto row, catalog::find_collection(cx.session, cx.principal.organization_id, id));
    if (!row || row->project_id != project)
        return fail(Code::NotFound, "The project has no such collection");
    return *row;
}

} // namespace landfall::domain
