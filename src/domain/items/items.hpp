#pragma once
/// Items by hand: creating, deleting. Contract: geopera.md section 7.5.

#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// What `items.create` takes.
struct NewItem {
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    std::optional<std::string> stac_id;
    std::string type;
    std::optional<Json> geometry; ///< GeoJSON
    std::optional<std::vector<double>> bbox;
    std::optional<Timestamp> datetime, start_datetime, end_datetime;
    std::optional<double> cloud_cover, gsd;
    std::string name;
    std::optional<std::string> description;
    Json properties = Json::object();
    std::vector<std::string> stac_extensions;
    std::optional<std::string> order_id, upload_id, job_id;
};

/// Makes an item in a project the caller may write to. InvalidArgument for broken geometry, box or times, NotFound for
/// a collection, upload or job outside the project, Conflict for a stac_id that is taken.
Result<catalog::ItemRow> create_item(Context& cx, const NewItem& wanted);

/// Soft-deletes: the row stays, `deleted_at` is set, its assets' bytes leave the usage. NotFound a second time.
Status delete_item(Context& cx, const ItemId& id);

} // namespace landfall::domain
