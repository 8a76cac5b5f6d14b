#pragma once
/// The item as the Geopera face shows it: `items.create` output. Contract: operations.json.

#include "catalog/items/item.hpp"
#include "schema/fields.hpp"

#include <algorithm>
#include <array>

namespace landfall::domain {

inline constexpr std::array<std::string_view, 7> kItemTypes{
    "satellite_capture", "derived_raster", "derived_vector",    "clip",
    "user_raster",       "user_vector",    "external_reference"};
/// The types that the filter `image` stands for.
inline constexpr std::array<std::string_view, 4> kImageTypes{"satellite_capture", "derived_raster", "clip",
                                                             "user_raster"};
/// What a search may ask for as the type: one of them all, or `image`.
inline constexpr auto kItemTypeFilters = [] {
    std::array<std::string_view, kItemTypes.size() + 1> filters{};
    std::ranges::copy(kItemTypes, filters.begin());
    filters.back() = "image";
    return filters;
}();
inline constexpr std::string_view kLifecycleStates[] = {"active", "expiring", "archived", "expired", "deleted"};

struct ItemRecord {
    ItemId id;
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    std::string stac_id;
    std::string type;
    std::optional<schema::RawOf<schema::JsonObject>> geometry;
    std::optional<std::vector<double>> bbox;
    std::optional<Timestamp> datetime, start_datetime, end_datetime;
    std::optional<double> cloud_cover, gsd;
    std::string name;
    std::optional<std::string> description;
    schema::RawOf<schema::JsonObject> properties;
    schema::RawOf<std::vector<std::string>> stac_extensions;
    std::string lifecycle_state = "active";
    std::optional<Timestamp> expires_at, archived_at;
    std::optional<ItemId> previous_version_id, duplicated_from_id;
    std::optional<std::string> order_id;
    std::optional<UploadId> upload_id;
    std::optional<JobId> job_id;
    std::optional<Timestamp> deleted_at;
    std::optional<UserId> created_by;
    Timestamp created_at{}, updated_at{};
};

constexpr std::string_view schema_name(schema::Of<ItemRecord>) {
    return "ItemResponse";
}

constexpr auto describe(schema::Of<ItemRecord>) {
    using schema::field;
    using R = ItemRecord;
    return schema::fields(
        field("id", &R::id, {.required = true}), field("project_id", &R::project_id, {.required = true}),
        field("collection_id", &R::collection_id), field("stac_id", &R::stac_id, {.required = true}),
        field("type", &R::type, {.required = true, .one_of = kItemTypes}),
        field("geometry", &R::geometry, {.text = "GeoJSON, EPSG:4326"}),
        field("bbox", &R::bbox, {.text = "West, south, east, north in degrees; west > east across the antimeridian"}),
        field("datetime", &R::datetime), field("start_datetime", &R::start_datetime),
        field("end_datetime", &R::end_datetime), field("cloud_cover", &R::cloud_cover, {.text = "Percent"}),
        field("gsd", &R::gsd, {.text = "Ground sample distance, metres"}), field("name", &R::name, {.required = true}),
        field("description", &R::description), field("properties", &R::properties),
        field("stac_extensions", &R::stac_extensions),
        field("lifecycle_state", &R::lifecycle_state, {.one_of = kLifecycleStates}),
        field("expires_at", &R::expires_at), field("archived_at", &R::archived_at),
        field("previous_version_id", &R::previous_version_id), field("duplicated_from_id", &R::duplicated_from_id),
        field("order_id", &R::order_id), field("upload_id", &R::upload_id), field("job_id", &R::job_id),
        field("deleted_at", &R::deleted_at), field("created_by", &R::created_by),
        field("created_at", &R::created_at, {.required = true}),
        field("updated_at", &R::updated_at, {.required = true}));
}

ItemRecord item_record(const catalog::ItemRow& row);

} // namespace landfall::domain
