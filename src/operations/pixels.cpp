#include "domain/drawing/pixels.hpp"

#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"
#include "operations/view.hpp"

#include <fmt/format.h>

namespace landfall::operations {
namespace {

constexpr std::string_view kFormats[] = {"png", "jpeg", "jpg", "webp", "cog", "npy"};

struct ItemExportInput : ValueFields, LookFields {
    std::array<double, 4> bbox{};
    std::string bbox_crs = "EPSG:4326", crs = "EPSG:4326", format = "png";
    std::optional<std::int64_t> width, height;
    std::optional<double> resolution;
    std::optional<schema::JsonObject> aoi;
    std::int64_t quality = 82;
};
constexpr auto describe(schema::Of<ItemExportInput>) {
    using schema::field;
    using T = ItemExportInput;
    return schema::joined(
        schema::joined(describe(schema::Of<ValueFields>{}), describe(schema::Of<LookFields>{})),
        schema::fields(
            field("bbox", &T::bbox, {.text = "West, south, east, north in bbox_crs", .required = true}),
            field("bbox_crs", &T::bbox_crs, {.max_length = 16 * 1024}),
            field("crs", &T::crs, {.text = "Of what is made", .max_length = 16 * 1024}),
            field("format", &T::format,
                  {.text = "png, jpeg and webp show the picture; cog and npy hold values", .one_of = kFormats}),
            field("width", &T::width,
                  {.text = "Pixels; one of width and height keeps the aspect", .min = 1, .max = 16'777'216}),
            field("height", &T::height, {.text = "Pixels", .min = 1, .max = 16'777'216}),
            field(
                "resolution", &T::resolution,
                {.text = "Units of crs a pixel; that of the source without it and without a size", .exclusive_min = 0}),
            field("aoi", &T::aoi, {.text = "GeoJSON Polygon or MultiPolygon; what lies outside is missing"}),
            field("quality", &T::quality, {.text = "JPEG and WebP", .min = 1, .max = 100})));
}

constexpr std::string_view kExports[] = {"image/png", "image/jpeg", "image/webp", "image/tiff", "application/x-npy"};
/// An area of 300 000 positions, and what else a body holds.
constexpr std::int64_t kMostValues = 1'000'000;

constexpr OperationSpec kExport{
    .id = "items.export",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Get a part of an item as a picture, a cloud-optimized GeoTIFF or a NumPy array, in any reference "
               "system and resolution.",
    .errors = Code::Gone,
    .is_extension = true,
    .raw_media_types = kExports,
    .max_values = kMostValues,
};

Result<Answer> export_item(domain::Call& call, const ItemExportInput& in) {
    domain::ExportTerms terms;
    assign(static_cast<const ValueFields&>(in), terms.view);
    CHECK_OK(assign(static_cast<const LookFields&>(in), terms.view));
    terms.quality = static_cast<int>(in.quality);
    terms.bbox = in.bbox;
    terms.bbox_crs = in.bbox_crs;
    terms.crs = in.crs;
    terms.width = in.width;
    terms.height = in.height;
    terms.resolution = in.resolution;
    terms.format = schema::enum_value<imagery::ExportFormat>(in.format == "jpg" ? "jpeg" : in.format)
                       .value_or(imagery::ExportFormat::Png);
    if (in.aoi)
        terms.aoi = in.aoi->value;
    TRY(auto made, domain::export_item(call, terms));
    Answer answer{.bytes = std::move(made.bytes), .media_type = std::move(made.media_type)};
    answer.cache_control = "private, no-cache";
    return answer;
}

struct ItemPointInput : ValueFields {
    std::vector<std::array<double, 2>> coordinates;
    bool scaled = false;
};
constexpr auto describe(schema::Of<ItemPointInput>) {
    using schema::field;
    using T = ItemPointInput;
    return schema::joined(describe(schema::Of<ValueFields>{}),
                          schema::fields(field("coordinates", &T::coordinates,
                                               {.text = "Longitude and latitude of each point",
                                                .required = true,
                                                .min_items = 1,
                                                .max_items = 10'000}),
                                         field("scaled", &T::scaled,
                                               {.text = "With scale and offset applied; else as they are stored"})));
}

struct ItemPointOutput {
    std::vector<std::string> bands;
    std::vector<std::vector<Json>> values;
};
constexpr auto describe(schema::Of<ItemPointOutput>) {
    using schema::field;
    return schema::fields(
        field("bands", &ItemPointOutput::bands, {.text = "The names of the bands, or expression", .required = true}),
        field("values", &ItemPointOutput::values,
              {.text = "For each point the value of the pixel that holds it, of each band; null where it is missing",
               .required = true}));
}

constexpr OperationSpec kPoint{
    .id = "items.point",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Read the values of an item at points.",
    .errors = Code::Gone,
    .is_extension = true,
};

Result<ItemPointOutput> read_points(domain::Call& call, const ItemPointInput& in) {
    domain::PointTerms terms;
    assign(static_cast<const ValueFields&>(in), terms.view);
    terms.coordinates = in.coordinates;
    terms.scaled = in.scaled;
    for (const auto& [longitude, latitude] : in.coordinates)
        if (!(longitude >= -540 && longitude <= 540 && latitude >= -90 && latitude <= 90))
            return fail_field("coordinates", fmt::format("[{}, {}] is no longitude and latitude", longitude, latitude));
    TRY(auto table, domain::read_points(call, terms));
    return ItemPointOutput{std::move(table.bands), std::move(table.values)};
}

} // namespace

void add_pixels(Registry& registry) {
    registry.free_read(kExport, export_item, Pace::Slow);
    registry.free_read(kPoint, read_points, Pace::Slow);
}

} // namespace landfall::operations
