#include "raster/open/cf_grid.hpp"

#include "core/text.hpp"
#include "raster/open/placed_dataset.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace landfall::raster {
namespace {

constexpr std::size_t kMaxAxis = 1U << 20U;
constexpr double kEven = 0.02;        ///< share of a step by which a coordinate may be off
constexpr double kContradicts = 0.05; ///< share of a step by which two ideas of an axis may differ
constexpr std::string_view kRotatedPole = "rotated_latitude_longitude";

using Transform = std::array<double, 6>;

/// `NETCDF:"path":variable` taken apart; without a variable the description is a path.
struct VariableName {
    std::string path, variable;
};

VariableName name_of(GDALDataset& dataset) {
    const std::string_view description = dataset.GetDescription();
    const std::size_t first = description.find('"');
    const std::size_t last = description.rfind("\":");
    if (description.starts_with("NETCDF:") && first != std::string_view::npos && last > first)
        return {std::string(description.substr(first + 1, last - first - 1)),
                std::string(description.substr(last + 2))};
    const char* const variable =
        dataset.GetRasterCount() > 0 ? dataset.GetRasterBand(1)->GetMetadataItem("NETCDF_VARNAME") : nullptr;
    return {std::string(description), variable != nullptr ? variable : ""};
}

std::string text_of(const GDALMDArray& array, const char* attribute) {
    const auto found = array.GetAttribute(attribute);
    const char* const text = found != nullptr ? found->ReadAsString() : nullptr;
    return text != nullptr ? text : "";
}

/// One coordinate for each column or row.
struct Axis {
    std::string name;
    std::vector<double> values;
    bool in_degrees = false;
    bool has_range = false;

    double step() const { return (values.back() - values.front()) / static_cast<double>(values.size() - 1); }
    bool even() const {
        const double by = step();
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!(std::abs(values[i] - (values.front() + by * static_cast<double>(i))) <= kEven * std::abs(by)))
                return false;
        return std::isfinite(by) && by != 0;
    }
};

std::optional<Axis> read_axis(const GDALDimension& dimension) {
    const auto array = dimension.GetIndexingVariable();
    if (array == nullptr || array->GetDimensionCount() != 1 || array->GetDataType().GetClass() != GEDTC_NUMERIC ||
        dimension.GetSize() < 2 || dimension.GetSize() > kMaxAxis)
        return std::nullopt;
    Axis axis;
    axis.name = array->GetName();
    axis.values.resize(static_cast<std::size_t>(dimension.GetSize()));
    const std::array<GUInt64, 1> start = {0};
    const std::array<std::size_t, 1> count = {axis.values.size()};
    if (!array->Read(start.data(), count.data(), nullptr, nullptr, GDALExtendedDataType::Create(GDT_Float64),
                     axis.values.data()))
        return std::nullopt;
    axis.in_degrees = array->GetUnit().starts_with("degree") || text_of(*array, "units").starts_with("degree");
    axis.has_range = array->GetAttribute("actual_range") != nullptr;
    return axis;
}

void set_transform(CfGrid& grid, const Axis& x, const Axis& y) {
    const double across = x.step();
    const double down = std::abs(y.step());
    grid.ascending = y.step() > 0;
    const double top = std::max(y.values.front(), y.values.back());
    grid.transform = Transform{x.values.front() - across / 2, across, 0, top + down / 2, 0, -down};
}

void read_axes(CfGrid& grid, const GDALMDArray& array) {
    const auto& dimensions = array.GetDimensions();
    if (dimensions.size() < 2)
        return;
    const auto y = read_axis(*dimensions[dimensions.size() - 2]);
    const auto x = read_axis(*dimensions[dimensions.size() - 1]);
    if (!x || !y)
        return;
    for (const Axis* axis : {&*x, &*y})
        if (axis->has_range)
            grid.stated_ranges.push_back(clean_utf8(axis->name, 100));
    const bool even = x->even() && y->even();
    if (x->in_degrees && y->in_degrees)
        grid.axes = even ? CfGrid::Axes::Even : CfGrid::Axes::Uneven;
    if (grid.axes == CfGrid::Axes::Even)
        set_transform(grid, *x, *y);
}

/// A number among the attributes of the variable's grid mapping.
std::optional<double> mapping_number(GDALDataset& variable, const std::string& mapping, const char* attribute) {
    const char* const text = variable.GetMetadataItem(fmt::format("{}#{}", mapping, attribute).c_str());
    return text != nullptr ? std::optional(std::atof(text)) : std::nullopt;
}

CrsHandle rotated_pole(GDALDataset& variable) {
    const char* const mapping = variable.GetRasterBand(1)->GetMetadataItem("grid_mapping");
    const std::string name = mapping != nullptr ? mapping : "";
    const char* const kind = variable.GetMetadataItem((name + "#grid_mapping_name").c_str());
    if (kind == nullptr || kind != kRotatedPole)
        return {};
    const auto latitude = mapping_number(variable, name, "grid_north_pole_latitude");
    const auto longitude = mapping_number(variable, name, "grid_north_pole_longitude");
    if (!latitude || !longitude)
        return {};
    CrsHandle crs(new OGRSpatialReference());
    crs->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    if (crs->SetGeogCS("Unknown datum on the GRS 80 ellipsoid", "unknown", "GRS 1980", 6378137, 298.257222101) !=
            OGRERR_NONE ||
        crs->SetDerivedGeogCRSWithPoleRotationNetCDFCFConvention(
            "Rotated pole", *latitude, *longitude,
            mapping_number(variable, name, "north_pole_grid_longitude").value_or(0)) != OGRERR_NONE)
        return {};
    return crs;
}

/// Whether two transforms put the raster elsewhere; once around the world is the same place.
bool differ(const Transform& a, const Transform& b, GDALDataset& dataset) {
    const auto off = [&](std::size_t origin, std::size_t step, int count) {
        const double start = a[origin] - b[origin];
        const double turn = origin == 0 ? 360.0 * std::round(start / 360.0) : 0.0;
        const double end = start + (a[step] - b[step]) * count;
        return std::max(std::abs(start - turn), std::abs(end - turn)) > kContradicts * std::abs(b[step]);
    };
    return off(0, 1, dataset.GetRasterXSize()) || off(3, 5, dataset.GetRasterYSize());
}

/// The variable again with its rows from north to south. GDAL turns them where it knows the axis, else always.
DatasetHandle north_up(DatasetHandle variable, bool ascending) {
    constexpr const char* kOption = "GDAL_NETCDF_BOTTOMUP";
    const std::string name = variable->GetDescription();
    CPLSetThreadLocalConfigOption(kOption, ascending ? "YES" : "NO");
    DatasetHandle again = open_raster(name, "netCDF");
    CPLSetThreadLocalConfigOption(kOption, nullptr);
    const bool same = again != nullptr && again->GetRasterCount() == variable->GetRasterCount();
    return same ? std::move(again) : std::move(variable);
}

} // namespace

CfGrid read_cf_grid(GDALDataset& variable) {
    const QuietErrors quiet;
    CfGrid grid;
    if (variable.GetRasterCount() == 0)
        return grid;
    const VariableName name = name_of(variable);
    const std::array<const char*, 2> drivers = {"netCDF", nullptr};
    const DatasetHandle file(
        GDALDataset::Open(name.path.c_str(), GDAL_OF_MULTIDIM_RASTER | GDAL_OF_READONLY, drivers.data()));
    const auto root = file != nullptr ? file->GetRootGroup() : nullptr;
    const auto array = root != nullptr ? root->OpenMDArrayFromFullname("/" + name.variable) : nullptr;
    if (array != nullptr)
        read_axes(grid, *array);
    if (grid.axes == CfGrid::Axes::Unknown && variable.GetMetadata("GEOLOCATION") != nullptr)
        grid.axes = CfGrid::Axes::TwoDimensional;
    if (variable.GetSpatialRef() == nullptr)
        grid.crs = rotated_pole(variable);
    return grid;
}

DatasetHandle placed_by_coordinates(DatasetHandle variable, std::vector<std::string>& warnings) {
    CfGrid grid = read_cf_grid(*variable);
    if (!grid.transform)
        return variable;
    Transform found{};
    const bool placed = variable->GetGeoTransform(found.data()) == CE_None;
    const bool moved = placed && !grid.stated_ranges.empty() && differ(found, *grid.transform, *variable);
    if (grid.crs != nullptr)
        warnings.emplace_back("The grid mapping of the rotated pole names no ellipsoid, so GRS 80 was taken.");
    if (placed && !moved)
        return grid.crs != nullptr ? with_place(std::move(variable), std::nullopt, std::move(grid.crs))
                                   : std::move(variable);
    if (moved)
        warnings.push_back(
            fmt::format("The actual_range of {} contradicts the coordinates; the coordinates were taken.",
                        fmt::join(grid.stated_ranges, " and ")));
    if (!placed)
        variable = north_up(std::move(variable), grid.ascending);
    return with_place(std::move(variable), grid.transform, std::move(grid.crs));
}

} // namespace landfall::raster
