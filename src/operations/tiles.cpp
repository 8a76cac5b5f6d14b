#include "domain/drawing/tiles.hpp"

#include "core/text.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <fmt/format.h>

namespace landfall::operations {
namespace {

struct TileRender {
    ItemId item_id;
    std::int64_t z = 0, x = 0, y = 0;
    std::string format = "webp";
    std::optional<std::string> profile, asset_key, expression, bands, rescale, colormap;
    std::int64_t quality = 82;
};

constexpr std::string_view kFormats[] = {"png", "webp", "jpg", "jpeg"};

constexpr auto describe(schema::Of<TileRender>) {
    using schema::field;
    using T = TileRender;
    return std::tuple(
        field("item_id", &T::item_id, {.required = true}),
        field("z", &T::z, {.text = "Zoom", .required = true, .min = 0, .max = 24}),
        field("x", &T::x, {.text = "Column, 0 at 180 degrees west", .required = true, .min = 0}),
        field("y", &T::y, {.text = "Row, 0 at the north", .required = true, .min = 0}),
        field("format", &T::format, {.one_of = kFormats}),
        field("profile", &T::profile, {.text = "Id or name of a visualization profile"}),
        field("asset_key", &T::asset_key),
        field("expression", &T::expression, {.text = "Band math, e.g. (b4-b3)/(b4+b3)", .max_length = 1000}),
        field("bands", &T::bands, {.text = "1-based numbers or names, separated by commas", .max_length = 1000}),
        field("rescale", &T::rescale,
              {.text = "lo,hi or one pair per band separated by semicolons", .max_length = 1000}),
        field("colormap", &T::colormap, {.text = "A name, or JSON of at most 4096 entries", .max_length = 200'000}),
        field("quality", &T::quality, {.text = "JPEG and WebP", .min = 1, .max = 100}));
}

constexpr std::string_view kPictures[] = {"image/webp", "image/png", "image/jpeg"};

constexpr OperationSpec kRender{
    .id = "items.tile.render",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Render one 256 x 256 Web Mercator tile of an item.",
    .errors = Code::Gone,
    .raw_media_types = kPictures,
    .rate = RateClass::Tiles,
};

Result<Answer> render(domain::Call& call, const TileRender& in) {
    TRY(auto tile, domain::render_tile(call, {in.item_id, in.z, in.x, in.y, in.format, in.profile, in.asset_key,
                                              in.expression, in.bands, in.rescale, in.colormap, in.quality}));
    return Answer{.bytes = std::move(tile.bytes),
                  .media_type = std::move(tile.media_type),
                  .etag = std::move(tile.etag),
                  .cache_control = "private, max-age=3600"};
}

struct TileJsonInput {
    ItemId item_id;
    std::optional<std::string> profile, asset_key;
};

constexpr auto describe(schema::Of<TileJsonInput>) {
    using schema::field;
    using T = TileJsonInput;
    return std::tuple(field("item_id", &T::item_id, {.required = true}), field("profile", &T::profile),
                      field("asset_key", &T::asset_key));
}

/// TileJSON 3.0.0.
struct TileJson {
    std::string tilejson = "3.0.0";
    std::string name, version, scheme = "xyz";
    std::vector<std::string> tiles;
    std::int64_t minzoom = 0, maxzoom = 0;
    std::int64_t tileSize = 256;
    std::vector<double> bounds, center;
};

constexpr auto describe(schema::Of<TileJson>) {
    using schema::field;
    using T = TileJson;
    return std::tuple(field("tilejson", &T::tilejson, {.required = true}), field("name", &T::name, {.required = true}),
                      field("version", &T::version, {.text = "Semantic version of the tiles"}),
                      field("scheme", &T::scheme), field("tiles", &T::tiles, {.required = true}),
                      field("minzoom", &T::minzoom), field("maxzoom", &T::maxzoom),
                      field("tileSize", &T::tileSize, {.text = "Pixels a side; MapLibre draws by it"}),
                      field("bounds", &T::bounds, {.text = "West, south, east, north in degrees"}),
                      field("center", &T::center, {.text = "Longitude, latitude, zoom"}));
}

constexpr OperationSpec kTileJson{
    .id = "items.tile.tilejson",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Describe an item's tiles as TileJSON 3.0.0.",
    .errors = Code::Gone,
};

Result<TileJson> tilejson(domain::Context& cx, const TileJsonInput& in) {
    TRY(const auto tiles, domain::summarize_tiles(cx, in.item_id, in.profile, in.asset_key));
    std::string query = "?v=" + tiles.version;
    if (in.profile)
        query += "&profile=" + percent_encode(*in.profile);
    if (in.asset_key)
        query += "&asset_key=" + percent_encode(*in.asset_key);
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

} // namespace

void add_tiles(Registry& registry) {
    registry.free_read(kRender, render, Pace::Draw);
    registry.read(kTileJson, tilejson);
}

} // namespace landfall::operations
