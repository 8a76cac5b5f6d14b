#pragma once
/// One function a resource: it lists the resource's operations. Defined in the file named for the resource.

namespace landfall::operations {

class Registry;

void add_organizations(Registry& registry);
void add_organization_members(Registry& registry);
void add_users(Registry& registry);
void add_projects(Registry& registry);
void add_project_members(Registry& registry);
void add_api_keys(Registry& registry);
void add_uploads(Registry& registry);
void add_upload_parts(Registry& registry);
void add_upload_sessions(Registry& registry);
void add_collections(Registry& registry);
void add_items(Registry& registry);
void add_item_search(Registry& registry);
void add_lifecycle(Registry& registry);
void add_assets(Registry& registry);
void add_crs(Registry& registry);
void add_tiles(Registry& registry);
void add_pixels(Registry& registry);
void add_clips(Registry& registry);
void add_processing(Registry& registry);
void add_processing_lists(Registry& registry);
void add_visualization(Registry& registry);
void add_band_formulas(Registry& registry);
void add_analysis_references(Registry& registry);
void add_statistics(Registry& registry);
void add_analytics(Registry& registry);
void add_analyses(Registry& registry);
void add_cog_tiles(Registry& registry);
void add_legend(Registry& registry);
void add_provenance(Registry& registry);
void add_stac(Registry& registry);
void add_sessions(Registry& registry);
void add_usage(Registry& registry);
void add_audit(Registry& registry);

} // namespace landfall::operations
