#include "domain/ingest/placing.hpp"
#include "domain/items/item_record.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

using domain::ItemRecord;

struct CrsSearchInput {
    std::string q;
    std::int64_t limit = 20;
};
constexpr auto describe(schema::Of<CrsSearchInput>) {
    using schema::field;
    return schema::fields(field("q", &CrsSearchInput::q,
                                {.text = "A code, or words of names and areas: 2056, swiss, utm 32n",
                                 .required = true,
                                 .min_length = 1,
                                 .max_length = 200}),
                          field("limit", &CrsSearchInput::limit, {.min = 1, .max = 100}));
}

constexpr OperationSpec kSearch{
    .id = "crs.search",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Find coordinate reference systems by code, name or the area where they are used.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<imagery::CrsList> search(domain::Call& call, const CrsSearchInput& in) {
    return domain::find_crs(call, {in.q, static_cast<int>(in.limit)});
}

struct SetCrsInput : domain::PlaceTerms {};
constexpr auto describe(schema::Of<SetCrsInput>) {
    using schema::field;
    using T = SetCrsInput;
    return schema::fields(
        field("item_id", &T::item_id, {.required = true}),
        field("asset_key", &T::asset_key,
              {.text = "One of the item's files; its first raster if absent", .max_length = 255}),
        field(
            "crs", &T::crs,
            {.text = "A code such as EPSG:2056, or WKT", .required = true, .min_length = 1, .max_length = 16 * 1024}));
}

constexpr OperationSpec kSet{
    .id = "items.set_crs",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary =
        "Say in which coordinate reference system a file lies: its item is placed and drawn anew, its bytes stay.",
    .errors = Code::Conflict,
    .is_extension = true,
};

Result<domain::PreparedPlace> prepare_set(domain::Call& call, const SetCrsInput& in) {
    return domain::prepare_place(call, in);
}

Result<ItemRecord> set(domain::Context& cx, const SetCrsInput& in, domain::PreparedPlace& prepared) {
    return domain::commit_place(cx, in, prepared).map([](const auto& row) { return domain::item_record(row); });
}

} // namespace

void add_crs(Registry& registry) {
    registry.free_read(kSearch, search, Pace::Slow);
    registry.prepared_write(kSet, prepare_set, set);
}

} // namespace landfall::operations
