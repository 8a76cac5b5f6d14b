#include "domain/drawing/profiles.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct ProfilesListInput {
    ItemId item_id;
};
constexpr auto describe(schema::Of<ProfilesListInput>) {
    return std::tuple(schema::field("item_id", &ProfilesListInput::item_id, {.required = true}));
}

struct ProfileResponse {
    ProfileId id;
    ItemId item_id;
    std::string name, type, layer;
    schema::RawOf<schema::JsonObject> config;
    std::optional<std::string> asset_key;
    bool is_default = false;
    std::int64_t sort_order = 0, version = 1;
    std::optional<UserId> created_by;
    Timestamp created_at{}, updated_at{};
};

constexpr auto describe(schema::Of<ProfileResponse>) {
    using schema::field;
    using T = ProfileResponse;
    return std::tuple(field("id", &T::id, {.required = true}), field("item_id", &T::item_id, {.required = true}),
                      field("name", &T::name, {.required = true}), field("type", &T::type, {.required = true}),
                      field("layer", &T::layer), field("config", &T::config), field("asset_key", &T::asset_key),
                      field("is_default", &T::is_default), field("sort_order", &T::sort_order),
                      field("version", &T::version), field("created_by", &T::created_by),
                      field("created_at", &T::created_at, {.required = true}),
                      field("updated_at", &T::updated_at, {.required = true}));
}

constexpr OperationSpec kList{
    .id = "visualization.profiles.list",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "List the ways in which an item is drawn.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<ProfileResponse>> list(domain::Context& cx, const ProfilesListInput& in) {
    TRY(const auto rows, domain::list_profiles(cx, in.item_id));
    std::vector<ProfileResponse> all;
    all.reserve(rows.size());
    for (const auto& row : rows)
        all.push_back({row.id,
                       row.item_id,
                       row.name,
                       row.type,
                       row.layer,
                       {row.config},
                       row.asset_key,
                       row.is_default,
                       row.sort_order,
                       row.version,
                       row.created_by,
                       row.created_at,
                       row.updated_at});
    return all;
}

} // namespace

void add_visualization(Registry& registry) {
    registry.read(kList, list);
}

} // namespace landfall::operations
