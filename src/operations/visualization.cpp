#include "domain/drawing/profiles.hpp"
#include "imagery/analysis/visualizations.hpp"
#include "operations/done.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kLayers[] = {"sensor", "auto", "user"};

struct ProfileResponse {
    ProfileId id;
    ItemId item_id;
    std::string name, layer, type;
    bool is_default = false;
    std::int64_t sort_order = 0;
    schema::RawOf<schema::JsonObject> config;
    std::optional<std::string> asset_key;
    std::int64_t version = 1;
    std::optional<UserId> created_by;
    Timestamp created_at{}, updated_at{};
};

constexpr auto describe(schema::Of<ProfileResponse>) {
    using schema::field;
    using T = ProfileResponse;
    return schema::fields(field("id", &T::id, {.required = true}), field("item_id", &T::item_id, {.required = true}),
                          field("name", &T::name, {.required = true}),
                          field("layer", &T::layer, {.required = true, .one_of = kLayers}),
                          field("type", &T::type, {.required = true, .one_of = domain::kProfileTypes}),
                          field("is_default", &T::is_default), field("sort_order", &T::sort_order),
                          field("config", &T::config, {.required = true}), field("asset_key", &T::asset_key),
                          field("version", &T::version, {.text = "Counts the changes"}),
                          field("created_by", &T::created_by), field("created_at", &T::created_at, {.required = true}),
                          field("updated_at", &T::updated_at, {.required = true}));
}

ProfileResponse response(const catalog::ProfileRow& row) {
    return {row.id,       row.item_id,   row.name,    row.layer,      row.type,       row.is_default, row.sort_order,
            {row.config}, row.asset_key, row.version, row.created_by, row.created_at, row.updated_at};
}

/// What a profile is made of, but for its name, type and config, which one operation asks for and another changes.
constexpr schema::Rules kName{.min_length = 1, .max_length = 255};
constexpr schema::Rules kType{.one_of = domain::kProfileTypes};
constexpr schema::Rules kConfig{
    .text = "bands, expression, rescale, colormap, gamma, contrast, saturation, algorithm, algorithm_params, nodata, "
            "resampling; others are kept as they are"};
constexpr schema::Rules kAssetKey{.text = "The asset that it draws; the item's first raster if absent",
                                  .max_length = 255};

constexpr schema::Rules required(schema::Rules rules) {
    rules.required = true;
    return rules;
}

struct ProfileCreateInput : domain::NewProfile {
    ItemId item_id;
};

constexpr auto describe(schema::Of<ProfileCreateInput>) {
    using schema::field;
    using T = ProfileCreateInput;
    return schema::fields(field("item_id", &T::item_id, {.required = true}), field("name", &T::name, required(kName)),
                          field("layer", &T::layer, {.one_of = kLayers}), field("type", &T::type, required(kType)),
                          field("is_default", &T::is_default, {.text = "Takes that from the item's others"}),
                          field("sort_order", &T::sort_order), field("config", &T::config, required(kConfig)),
                          field("asset_key", &T::asset_key, kAssetKey));
}

constexpr OperationSpec kCreate{
    .id = "visualization.profile.create",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Add a way in which an item is drawn.",
    .errors = Code::Conflict,
    .accepts_idempotency_key = true,
};

Result<ProfileResponse> create(domain::Context& cx, const ProfileCreateInput& in) {
    return domain::create_profile(cx, in.item_id, in).map(response);
}

struct ProfileRef {
    ItemId item_id;
    ProfileId profile_id;
};
constexpr auto describe(schema::Of<ProfileRef>) {
    using schema::field;
    return schema::fields(field("item_id", &ProfileRef::item_id, {.required = true}),
                          field("profile_id", &ProfileRef::profile_id, {.required = true}));
}

constexpr OperationSpec kGet{
    .id = "visualization.profile.get",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one profile of an item.",
};

using ProfileGetInput = schema::Named<ProfileRef, "ProfileGetInput">;

Result<ProfileResponse> get(domain::Context& cx, const ProfileGetInput& in) {
    return domain::require_profile(cx, in.item_id, in.profile_id).map(response);
}

struct ProfileUpdateInput : ProfileRef, domain::ProfileChange {};
constexpr auto describe(schema::Of<ProfileUpdateInput>) {
    using schema::field;
    using T = ProfileUpdateInput;
    return schema::joined(
        describe(schema::Of<ProfileRef>{}),
        schema::fields(
            field("name", &T::name, kName), field("type", &T::type, kType),
            field("is_default", &T::is_default, {.text = "true takes that from the item's others"}),
            field("sort_order", &T::sort_order), field("config", &T::config, {.text = "Replaced as a whole"}),
            field("asset_key", &T::asset_key, {.text = "null: the item's first raster", .max_length = 255})));
}

constexpr OperationSpec kUpdate{
    .id = "visualization.profile.update",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Change what is given of a profile; its tiles follow at once.",
    .errors = Code::Conflict,
};

Result<ProfileResponse> update(domain::Context& cx, const ProfileUpdateInput& in) {
    return domain::update_profile(cx, in.item_id, in.profile_id, in).map(response);
}

constexpr OperationSpec kSetDefault{
    .id = "visualization.profile.set_default",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Make one profile the way in which an item is drawn where nothing else is asked for.",
    .errors = Code::Conflict,
};

Result<ProfileResponse> set_default(domain::Context& cx, const ProfileRef& in) {
    return domain::set_default_profile(cx, in.item_id, in.profile_id).map(response);
}

using OkOutput = schema::Named<Done<ProfileId>, "OkOutput">;

constexpr OperationSpec kDelete{
    .id = "visualization.profile.delete",
    .scope = "items:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Delete a profile; the next in order becomes the default if it was that.",
    .errors = Code::Conflict,
};

Result<OkOutput> remove(domain::Context& cx, const ProfileRef& in) {
    CHECK_OK(domain::delete_profile(cx, in.item_id, in.profile_id));
    return OkOutput{{true, in.profile_id}};
}

struct ProfilesListInput {
    ItemId item_id;
};
constexpr auto describe(schema::Of<ProfilesListInput>) {
    return schema::fields(schema::field("item_id", &ProfilesListInput::item_id, {.required = true}));
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
        all.push_back(response(row));
    return all;
}

struct VisualizationListInput {
    schema::JsonObject band_roles;
    std::string data_type = "raster";
    schema::JsonObject render_params;
    std::optional<std::string> asset;
};

constexpr auto describe(schema::Of<VisualizationListInput>) {
    using schema::field;
    using T = VisualizationListInput;
    return schema::fields(
        field("band_roles", &T::band_roles, {.text = "{role: 1-based band}, e.g. {\"red\": 3, \"nir\": 4}"}),
        field("data_type", &T::data_type, {.text = "raster, elevation (dem, dsm, dtm) or vector", .max_length = 64}),
        field("render_params", &T::render_params,
              {.text = "bands, expression, rescale, colormap of a configured look"}),
        field("asset", &T::asset, {.text = "Repeated in each entry", .max_length = 255}));
}

struct VisualizationListOutput {
    std::vector<imagery::Visualization> visualizations;
    std::string default_id;
};
constexpr auto describe(schema::Of<VisualizationListOutput>) {
    return schema::fields(
        schema::field("visualizations", &VisualizationListOutput::visualizations),
        schema::field("default_id", &VisualizationListOutput::default_id, {.text = "Empty if there is none"}));
}

constexpr OperationSpec kListFor{
    .id = "visualization.list_for",
    .scope = "tiles:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell how bands of given roles can be shown: composites, indices, single bands.",
};

Result<VisualizationListOutput> list_for(domain::Call&, const VisualizationListInput& in) {
    imagery::BandRoles roles;
    TRY(roles, imagery::parse_band_roles(in.band_roles.value));
    TRY(auto all, imagery::visualizations_for({roles, in.data_type, in.render_params.value, in.asset}));
    VisualizationListOutput out;
    for (auto& one : all)
        if (one.is_default)
            out.default_id = one.id;
    out.visualizations = std::move(all);
    return out;
}

} // namespace

void add_visualization(Registry& registry) {
    registry.write(kCreate, create);
    registry.read(kGet, get);
    registry.write(kUpdate, update);
    registry.write(kSetDefault, set_default);
    registry.write(kDelete, remove);
    registry.read(kList, list);
    registry.free_read(kListFor, list_for);
}

} // namespace landfall::operations
