#include "domain/items/item_record.hpp"

namespace landfall::domain {

ItemRecord item_record(const catalog::ItemRow& row) {
    ItemRecord record;
    record.id = row.id;
    record.project_id = row.project_id;
    record.collection_id = row.collection_id;
    record.stac_id = row.stac_id;
    record.type = row.type;
    if (row.geometry)
        record.geometry = {*row.geometry};
    if (row.bbox)
        record.bbox = std::vector<double>{row.bbox->west, row.bbox->south, row.bbox->east, row.bbox->north};
    record.datetime = row.datetime;
    record.start_datetime = row.start_datetime;
    record.end_datetime = row.end_datetime;
    record.cloud_cover = row.cloud_cover;
    record.gsd = row.gsd;
    record.name = row.name;
    record.description = row.description;
    record.properties = {row.properties};
    record.stac_extensions = {row.stac_extensions};
    record.lifecycle_state = row.lifecycle_state;
    record.expires_at = row.expires_at;
    record.archived_at = row.archived_at;
    record.previous_version_id = row.previous_version_id;
    record.duplicated_from_id = row.duplicated_from_id;
    record.order_id = row.order_id;
    record.upload_id = row.upload_id;
    record.job_id = row.job_id;
    record.deleted_at = row.deleted_at;
    record.created_by = row.created_by;
    record.created_at = row.created_at;
    record.updated_at = row.updated_at;
    return record;
}

} // namespace landfall::domain
