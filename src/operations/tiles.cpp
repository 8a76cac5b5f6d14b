#include "domain/drawing/tiles.hpp"

#include "core/text.hpp"
#include "domain/drawing/vector_tiles.hpp"
#include "domain/drawing/wmts.hpp"
#include "imagery/vector_task.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"
#include "operations/view.hpp"

#include <fmt/format.h>

namespace landfall::operations {
namespace {

/// What is drawn, and how it looks.
struct ItemTilejsonInput : ValueFields, LookFields {
    schema::MayBeAbsent<std::int64_t> quality;
};

constexpr auto describe(schema::Of<ItemTilejsonInput>) {
    using schema::field;
    using T = ItemTilejsonInput;
    return schema::joined(
        schema::joined(describe(schema::Of<ValueFields>{}), describe(schema::Of<LookFields>{})),
        schema::fields(field("quality", &T::quality, {.text = "JPEG and WebP; 82 if absent", .min = 1, .max = 100})));
}

Result<domain::TileTerms> terms_of(const ItemTilejsonInput& in) {
    domain::TileTerms terms;
    assign(static_cast<const ValueFields&>(in), terms);
    CHECK_OK(assign(static_cast<const LookFields&>(in), terms));
    in.quality.assign_to(terms.quality);
    return terms;
}

struct ItemTileRenderInput : ItemTilejsonInput {
    std::int64_t z = 0, x = 0, y = 0;
    std::string format = "webp";
    std::int64_t size = 256;
    std::string tile_matrix_set = "WebMercatorQuad";
    std::string v;
};

constexpr std::string_view kTileMatrixSets[] = {"WebMercatorQuad"};

constexpr std::string_view kFormats[] = {"png", "webp", "jpg", "jpeg"};

constexpr auto describe(schema::Of<ItemTileRenderInput>) {
    using schema::field;
    using T = ItemTileRenderInput;
    return schema::joined(
        describe(schema::Of<ItemTilejsonInput>{}),
        schema::fields(field("z", &T::z, {.text = "Zoom", .required = true, .min = 0, .max = 24}),
                       field("x", &T::x, {.text = "Column, 0 at 180 degrees west", .required = true, .min = 0}),
                       field("y", &T::y, {.text = "Row, 0 at the north", .required = true, .min = 0}),
                       field("format", &T::format, {.one_of = kFormats}),
                       field("size", &T::size, {.text = "Pixels a side, 256 or 512", .min = 256, .max = 512}),
                       field("tile_matrix_set", &T::tile_matrix_set, {.one_of = kTileMatrixSets}),
                       field("v", &T::v,
                             {.text = "Version of the look, as in the URLs of TileJSON: what it names never changes",
                              .max_length = 64})));
}

constexpr std::string_view kPictures[] = {"image/webp", "image/png", "image/jpeg"};

constexpr OperationSpec kRender{
    .id = "items.tile.render",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Render one Web Mercator tile of an item.",
    .errors = Code::Gone,
    .raw_media_types = kPictures,
    .rate = RateClass::Tiles,
};

constexpr std::string_view kForever = "private, max-age=31536000, immutable";
constexpr std::string_view kForNow = "private, max-age=3600";

Result<Answer> render(domain::Call& call, const ItemTileRenderInput& in) {
    TRY(auto terms, terms_of(in));
    terms.size = in.size;
    terms.z = in.z;
    terms.x = in.x;
    terms.y = in.y;
    terms.format = in.format;
    terms.version = in.v;
    TRY(auto tile, domain::render_tile(call, terms));
    return Answer{.bytes = std::move(tile.bytes),
                  .media_type = std::move(tile.media_type),
                  .etag = std::move(tile.etag),
                  .cache_control = std::string(in.v == tile.version ? kForever : kForNow)};
}

/// One layer of vector tiles, as TileJSON lists it.
struct VectorLayer {
    std::string id;
    schema::JsonObject fields;
};

constexpr auto describe(schema::Of<VectorLayer>) {
    return schema::fields(schema::field("id", &VectorLayer::id, {.required = true}),
                          schema::field("fields", &VectorLayer::fields,
                                        {.text = "The type of each: string, integer, number, …", .required = true}));
}

/// TileJSON 3.0.0.
struct TileJson {
    std::string tilejson = "3.0.0";
    std::string name, version, scheme = "xyz";
    std::vector<std::string> tiles;
    std::int64_t minzoom = 0, maxzoom = 0;
    std::int64_t tileSize = 256;
    std::vector<double> bounds, center;
    std::vector<VectorLayer> vector_layers;
};

constexpr auto describe(schema::Of<TileJson>) {
    using schema::field;
    using T = TileJson;
    return schema::fields(
        field("tilejson", &T::tilejson, {.required = true}), field("name", &T::name, {.required = true}),
        field("version", &T::version, {.text = "Semantic version of the tiles"}), field("scheme", &T::scheme),
        field("tiles", &T::tiles, {.required = true}), field("minzoom", &T::minzoom), field("maxzoom", &T::maxzoom),
        field("tileSize", &T::tileSize, {.text = "Pixels a side; MapLibre draws by it"}),
        field("bounds", &T::bounds, {.text = "West, south, east, north in degrees"}),
        field("center", &T::center, {.text = "Longitude, latitude, zoom"}),
        field("vector_layers", &T::vector_layers, {.text = "Of features", .sparse = true}));
}

constexpr OperationSpec kTileJson{
    .id = "items.tile.tilejson",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Describe an item's tiles as TileJSON 3.0.0.",
    .errors = Code::Gone,
};

/// How a tile's URL says what it is drawn with: map clients follow it as it is and add nothing.
std::string query_of(const ItemTilejsonInput& in) {
    std::string query;
    const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
        if (value)
            query += fmt::format("&{}={}", name, percent_encode(*value));
    };
    add("profile", in.profile);
    add("asset_key", in.asset_key);
    add("expression", in.expression);
    add("bands", in.bands);
    add("rescale", in.rescale);
    add("resampling", in.resampling);
    add("algorithm", in.algorithm);
    if (in.colormap)
        add("colormap", in.colormap->is_string() ? in.colormap->as_string() : in.colormap->dump());
    if (in.algorithm_params)
        add("algorithm_params", schema::to_json_text(*in.algorithm_params));
    const auto add_number = [&](std::string_view name, const std::optional<double>& value) {
        if (value)
            query += fmt::format("&{}={}", name, *value);
    };
    add_number("nodata", in.nodata);
    add_number("gamma", in.gamma);
    add_number("contrast", in.contrast);
    add_number("saturation", in.saturation);
    if (in.quality.value)
        query += fmt::format("&quality={}", *in.quality.value);
    return query;
}

TileJson describe_features(const domain::Context& cx, const domain::VectorTileSummary& tiles,
                           const std::optional<std::string>& asset_key) {
    TileJson out;
    out.name = tiles.item.name;
    out.version = "1.0.0";
    out.tiles = {fmt::format("{}/api/v1/items/{}/tiles/{{z}}/{{x}}/{{y}}.mvt?v={}{}", cx.origin(), tiles.item.id.str(),
                             tiles.version, asset_key ? "&asset_key=" + percent_encode(*asset_key) : "")};
    out.minzoom = tiles.minzoom;
    out.maxzoom = tiles.maxzoom;
    out.tileSize = 512;
    const auto& b = tiles.bounds;
    out.bounds = {b[0], b[1], b[2], b[3]};
    out.center = {(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, static_cast<double>(tiles.minzoom)};
    for (const auto& layer : tiles.facts.layers) {
        VectorLayer shown{layer.name, {}};
        shown.fields.value = Json::object();
        for (const auto& [name, type] : layer.fields)
            shown.fields.value.set(name, type);
        out.vector_layers.push_back(std::move(shown));
    }
    return out;
}

Result<TileJson> tilejson(domain::Context& cx, const ItemTilejsonInput& in) {
    TRY(const auto terms, terms_of(in));
    const auto drawn = domain::summarize_tiles(cx, terms);
    if (!drawn && drawn.error().code == Code::InvalidArgument)
        if (const auto features = domain::summarize_vector_tiles(cx, in.item_id, in.asset_key))
            return describe_features(cx, *features, in.asset_key);
    if (!drawn)
        return fail(drawn.error());
    const domain::TileSummary& tiles = *drawn;
    const std::string query = "?v=" + tiles.version + query_of(in);
    TileJson out;
    out.name = tiles.item.name;
    out.version = "1.0.0";
    out.tiles = {
        fmt::format("{}/api/v1/items/{}/tiles/{{z}}/{{x}}/{{y}}.webp{}", cx.origin(), tiles.item.id.str(), query)};
    out.minzoom = tiles.minzoom;
    out.maxzoom = tiles.maxzoom;
    const auto& b = tiles.bounds;
    out.bounds = {b[0], b[1], b[2], b[3]};
    out.center = {tiles.center_longitude, (b[1] + b[3]) / 2, static_cast<double>(tiles.minzoom)};
    return out;
}

struct ItemTileVectorInput {
    ItemId item_id;
    std::optional<std::string> asset_key, layer;
    std::int64_t z = 0, x = 0, y = 0;
    std::string v;
};
constexpr auto describe(schema::Of<ItemTileVectorInput>) {
    using schema::field;
    using T = ItemTileVectorInput;
    return schema::fields(
        field("item_id", &T::item_id, {.required = true}),
        field("asset_key", &T::asset_key, {.text = "One of the item's vector files; the uploaded one if absent"}),
        field("layer", &T::layer, {.text = "One of the file's layers; all if absent", .max_length = 1000}),
        field("z", &T::z, {.text = "Zoom", .required = true, .min = 0, .max = 24}),
        field("x", &T::x, {.text = "Column, 0 at 180 degrees west", .required = true, .min = 0}),
        field("y", &T::y, {.text = "Row, 0 at the north", .required = true, .min = 0}),
        field("v", &T::v,
              {.text = "Version of the features, as in the URLs of TileJSON: what it names never changes",
               .max_length = 64}));
}

constexpr std::string_view kFeatures[] = {imagery::kVectorTileType};

constexpr OperationSpec kVector{
    .id = "items.tile.vector",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Get one Web Mercator tile of an item's features as a Mapbox Vector Tile.",
    .errors = Code::Gone,
    .is_extension = true,
    .raw_media_types = kFeatures,
    .rate = RateClass::Tiles,
};

Result<Answer> vector_tile(domain::Call& call, const ItemTileVectorInput& in) {
    TRY(auto tile, domain::render_vector_tile(call, {in.item_id, in.asset_key, in.layer, in.z, in.x, in.y}));
    return Answer{.bytes = std::move(tile.bytes),
                  .media_type = std::string(imagery::kVectorTileType),
                  .etag = std::move(tile.etag),
                  .cache_control = std::string(in.v == tile.version ? kForever : kForNow)};
}

struct ItemWmtsCapabilitiesInput {
    ItemId item_id;
    std::string base_url, key;
    std::optional<std::string> profile;
};
constexpr auto describe(schema::Of<ItemWmtsCapabilitiesInput>) {
    using schema::field;
    using T = ItemWmtsCapabilitiesInput;
    return schema::fields(
        field("item_id", &T::item_id, {.required = true}),
        field("base_url", &T::base_url,
              {.text = "How the map client reaches this server; empty: as this call did",
               .required = true,
               .max_length = 2000}),
        field("key", &T::key,
              {.text = "An API key for clients that send no header: it stands in every URL", .max_length = 200}),
        field("profile", &T::profile, {.text = "Id or name of the only style; all profiles if absent"}));
}

constexpr std::string_view kXml[] = {"application/xml"};
constexpr std::string_view kPng[] = {"image/png"};

constexpr OperationSpec kWmtsCapabilities{
    .id = "items.tile.wmts_capabilities",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Describe an item's tiles as WMTS 1.0.0, with its profiles as styles.",
    .errors = Code::Gone,
    .raw_media_types = kXml,
};

Result<Answer> wmts_capabilities(domain::Context& cx, const ItemWmtsCapabilitiesInput& in) {
    TRY(auto document, domain::wmts_capabilities(
                           cx, {in.item_id, in.base_url.empty() ? cx.origin() : in.base_url, in.key, in.profile}));
    return Answer{.bytes = std::move(document), .media_type = "application/xml"};
}

struct ItemWmtsGetTileInput {
    ItemId item_id;
    std::int64_t z = 0, x = 0, y = 0;
    std::optional<std::string> profile;
};
constexpr auto describe(schema::Of<ItemWmtsGetTileInput>) {
    using schema::field;
    using T = ItemWmtsGetTileInput;
    return schema::fields(field("item_id", &T::item_id, {.required = true}),
                          field("z", &T::z, {.text = "TileMatrix", .required = true, .min = 0, .max = 24}),
                          field("x", &T::x, {.text = "TileCol", .required = true, .min = 0}),
                          field("y", &T::y, {.text = "TileRow", .required = true, .min = 0}),
                          field("profile", &T::profile, {.text = "The style: id or name of a profile"}));
}

constexpr OperationSpec kWmtsTile{
    .id = "items.tile.wmts_get_tile",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Render one tile of WebMercatorQuad as PNG, as WMTS asks for it.",
    .errors = Code::Gone,
    .raw_media_types = kPng,
    .rate = RateClass::Tiles,
};

Result<Answer> wmts_tile(domain::Call& call, const ItemWmtsGetTileInput& in) {
    domain::TileTerms terms;
    terms.item_id = in.item_id;
    terms.z = in.z;
    terms.x = in.x;
    terms.y = in.y;
    terms.format = "png";
    terms.profile = in.profile;
    TRY(auto tile, domain::render_tile(call, terms));
    return Answer{.bytes = std::move(tile.bytes),
                  .media_type = std::move(tile.media_type),
                  .etag = std::move(tile.etag),
                  .cache_control = std::string(kForNow)};
}

} // namespace

void add_tiles(Registry& registry) {
    registry.free_read(kRender, render, Pace::Draw);
    registry.free_read(kVector, vector_tile, Pace::Slow);
    registry.read(kTileJson, tilejson);
    registry.read(kWmtsCapabilities, wmts_capabilities);
    registry.free_read(kWmtsTile, wmts_tile, Pace::Draw);
}

} // namespace landfall::operations
