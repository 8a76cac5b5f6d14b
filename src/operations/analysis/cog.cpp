#include "domain/analysis/asset_urls.hpp"
#include "domain/analysis/small_picture.hpp"
#include "domain/drawing/tiles.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr schema::Rules kUrl{.text = "Href or signed URL of an asset of this server", .required = true};
constexpr schema::Rules kZoom{.text = "Zoom", .required = true, .min = 0, .max = 24};
constexpr schema::Rules kColumn{.text = "Column, 0 at 180 degrees west", .required = true, .min = 0};
constexpr schema::Rules kRow{.text = "Row, 0 at the north", .required = true, .min = 0};
constexpr schema::Rules kAoi{.text = "GeoJSON Polygon or MultiPolygon as text: what lies outside is clear",
                             .max_length = imagery::kMaxAoiText};
constexpr std::string_view kFormats[] = {"png", "webp", "jpg", "jpeg"};
constexpr std::string_view kPictures[] = {"image/png", "image/webp", "image/jpeg"};
constexpr std::string_view kPng[] = {"image/png"};
constexpr std::string_view kForNow = "private, max-age=3600";

Result<Answer> draw(domain::Call& call, const std::string& url, domain::TileTerms terms) {
    TRY(const auto place, domain::find_asset_place(call, "url", url));
    terms.item_id = place.item_id;
    terms.asset_key = place.asset;
    TRY(auto tile, domain::render_tile(call, terms));
    return Answer{.bytes = std::move(tile.bytes),
                  .media_type = std::move(tile.media_type),
                  .etag = std::move(tile.etag),
                  .cache_control = std::string(kForNow)};
}

struct CogTileInput {
    std::string url;
    std::int64_t z = 0, x = 0, y = 0;
    std::string format;
    std::optional<std::string> bands, expression, rescale, colormap;
    std::int64_t quality = 85;
    std::optional<std::string> aoi;
};
constexpr auto describe(schema::Of<CogTileInput>) {
    using schema::field;
    using T = CogTileInput;
    return schema::fields(
        field("url", &T::url, kUrl), field("z", &T::z, kZoom), field("x", &T::x, kColumn), field("y", &T::y, kRow),
        field("format", &T::format, {.required = true, .one_of = kFormats}),
        field("bands", &T::bands, {.text = "1-based numbers or names, separated by commas", .max_length = 1000}),
        field("expression", &T::expression, {.text = "Band math, e.g. (b4-b3)/(b4+b3)", .max_length = 1000}),
        field("rescale", &T::rescale,
              {.text = "lo,hi or one pair per band separated by semicolons", .max_length = 1000}),
        field("colormap", &T::colormap, {.text = "A name of cog.colormaps, or JSON of one", .max_length = 200'000}),
        field("quality", &T::quality, {.text = "JPEG and WebP", .min = 1, .max = 100}), field("aoi", &T::aoi, kAoi));
}

constexpr OperationSpec kRender{
    .id = "cog.tile.render",
    .scope = "tiles:read",
    .side_effect = SideEffect::Read,
    .summary = "Render one 256 x 256 Web Mercator tile of an asset by its address.",
    .errors = Code::Gone,
    .raw_media_types = kPictures,
    .rate = RateClass::Tiles,
};

Result<Answer> render(domain::Call& call, const CogTileInput& in) {
    domain::TileTerms terms;
    terms.z = in.z;
    terms.x = in.x;
    terms.y = in.y;
    terms.format = in.format;
    terms.bands = in.bands;
    terms.expression = in.expression;
    terms.rescale = in.rescale;
    terms.colormap = in.colormap;
    terms.quality = in.quality;
    terms.aoi = in.aoi.value_or("");
    return draw(call, in.url, std::move(terms));
}

struct CogTerrainInput {
    std::string url;
    std::int64_t z = 0, x = 0, y = 0;
    bool invert = false;
    std::optional<std::string> aoi;
};
constexpr auto describe(schema::Of<CogTerrainInput>) {
    using schema::field;
    using T = CogTerrainInput;
    return schema::fields(field("url", &T::url, kUrl), field("z", &T::z, kZoom), field("x", &T::x, kColumn),
                          field("y", &T::y, kRow), field("invert", &T::invert, {.text = "Depths become heights"}),
                          field("aoi", &T::aoi, kAoi));
}

constexpr OperationSpec kTerrain{
    .id = "cog.tile.terrain",
    .scope = "tiles:read",
    .side_effect = SideEffect::Read,
    .summary = "Render a tile of heights as Mapbox Terrain-RGB: height = -10000 + (R * 65536 + G * 256 + B) * 0.1.",
    .errors = Code::Gone,
    .raw_media_types = kPng,
    .rate = RateClass::Tiles,
};

Result<Answer> terrain(domain::Call& call, const CogTerrainInput& in) {
    domain::TileTerms terms;
    terms.z = in.z;
    terms.x = in.x;
    terms.y = in.y;
    terms.format = "png";
    terms.algorithm = "terrainrgb";
    terms.algorithm_params = imagery::TerrainParams{.invert = in.invert};
    terms.aoi = in.aoi.value_or("");
    return draw(call, in.url, std::move(terms));
}

struct CogThumbnailInput {
    std::string url;
    std::int64_t width = 256, height = 256;
};
constexpr auto describe(schema::Of<CogThumbnailInput>) {
    using schema::field;
    using T = CogThumbnailInput;
    constexpr schema::Rules kSide{.text = "Pixels that the picture has at most", .min = 16, .max = 2048};
    return schema::fields(field("url", &T::url, kUrl), field("width", &T::width, kSide),
                          field("height", &T::height, kSide));
}

constexpr std::string_view kJpeg[] = {"image/jpeg"};

constexpr OperationSpec kThumbnail{
    .id = "cog.thumbnail",
    .scope = "tiles:read",
    .side_effect = SideEffect::Read,
    .summary = "Draw an asset small, by its address: a JPEG that fits the box and touches one side of it.",
    .errors = Code::Gone | Code::Unavailable,
    .raw_media_types = kJpeg,
};

Result<Answer> thumbnail(domain::Call& call, const CogThumbnailInput& in) {
    TRY(const auto place, domain::find_asset_place(call, "url", in.url));
    domain::SmallPictureTerms terms;
    terms.view.item_id = place.item_id;
    terms.view.asset_key = place.asset;
    terms.width = static_cast<int>(in.width);
    terms.height = static_cast<int>(in.height);
    TRY(auto bytes, domain::draw_small(call, terms));
    return Answer{.bytes = std::move(bytes), .media_type = "image/jpeg", .cache_control = std::string(kForNow)};
}

} // namespace

void add_cog_tiles(Registry& registry) {
    registry.free_read(kRender, render, Pace::Draw);
    registry.free_read(kTerrain, terrain, Pace::Draw);
    registry.free_read(kThumbnail, thumbnail, Pace::Slow);
}

} // namespace landfall::operations
