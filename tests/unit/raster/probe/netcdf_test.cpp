#include "unit/raster/uploaded.hpp"

#include <gdal_priv.h>
#include <gtest/gtest.h>

#include <cmath>
#include <gmock/gmock.h>
#include <map>

namespace landfall::raster {
namespace {

using landfall::testing::PrivateFolder;
using landfall::testing::read_bytes;
using ::testing::Contains;
using ::testing::HasSubstr;

using Attributes = std::map<std::string, std::string>;

struct DrawnAxis {
    std::string name;
    std::vector<double> values;
    Attributes attributes;
    std::vector<double> actual_range{};
};

/// A netCDF file of one variable, `z`, over the axes in their order (rows and columns last). Its value is the number of
/// its row in the file.
struct DrawnGrid {
    std::vector<DrawnAxis> axes;
    Attributes variable{};
    std::map<std::string, double> mapping{}; ///< numbers of the grid mapping `crs`
    std::string mapping_name{};
    Attributes file{};
};

void note(const std::shared_ptr<GDALMDArray>& array, const Attributes& attributes) {
    for (const auto& [name, value] : attributes)
        array->CreateAttribute(name, {}, GDALExtendedDataType::CreateString())->Write(value.c_str());
}

void write_axis(GDALGroup& root, const DrawnAxis& axis, const std::shared_ptr<GDALDimension>& dimension) {
    const auto real = GDALExtendedDataType::Create(GDT_Float64);
    const auto array = root.CreateMDArray(axis.name, {dimension}, real);
    const std::array<GUInt64, 1> start = {0};
    const std::array<std::size_t, 1> count = {axis.values.size()};
    note(array, axis.attributes);
    if (!axis.actual_range.empty())
        array->CreateAttribute("actual_range", {2}, real)->Write(axis.actual_range.data(), axis.actual_range.size());
    array->Write(start.data(), count.data(), nullptr, nullptr, real, axis.values.data());
}

class NetCdf : public ::testing::Test {
protected:
    std::string drawn(const DrawnGrid& grid) {
        register_drivers();
        const std::string path = folder_ / "drawn.nc";
        {
            GDALDriver* const driver = GetGDALDriverManager()->GetDriverByName("netCDF");
            const DatasetHandle file(driver->CreateMultiDimensional(path.c_str(), nullptr, nullptr));
            const auto root = file->GetRootGroup();
            for (const auto& [name, value] : grid.file)
                root->CreateAttribute(name, {}, GDALExtendedDataType::CreateString())->Write(value.c_str());
            write_variable(*root, grid);
        }
        std::string bytes = read_bytes(path);
        std::filesystem::remove(path);
        return bytes;
    }

    Facts probed(const DrawnGrid& grid) {
        auto facts = probe_uploaded({{"grid.nc", drawn(grid)}});
        EXPECT_TRUE(facts) << (facts ? "" : facts.error().message + facts.error().cause);
        return facts.value_or(Facts());
    }

private:
    static void write_variable(GDALGroup& root, const DrawnGrid& grid) {
        std::vector<std::shared_ptr<GDALDimension>> dimensions;
        std::vector<GUInt64> start;
        std::vector<std::size_t> count;
        std::size_t size = 1;
        for (const DrawnAxis& axis : grid.axes) {
            dimensions.push_back(root.CreateDimension(axis.name, "", "", axis.values.size()));
            write_axis(root, axis, dimensions.back());
            start.push_back(0);
            count.push_back(axis.values.size());
            size *= axis.values.size();
        }
        if (!grid.mapping_name.empty()) {
            const auto mapping = root.CreateMDArray("crs", {}, GDALExtendedDataType::Create(GDT_Int32));
            note(mapping, {{"grid_mapping_name", grid.mapping_name}});
            for (const auto& [name, value] : grid.mapping)
                mapping->CreateAttribute(name, {}, GDALExtendedDataType::Create(GDT_Float64))->Write(value);
        }
        const auto real = GDALExtendedDataType::Create(GDT_Float32);
        const auto array = root.CreateMDArray("z", dimensions, real);
        note(array, grid.variable);
        std::vector<float> values(size);
        const std::size_t columns = count.back();
        const std::size_t rows = count[count.size() - 2];
        for (std::size_t i = 0; i < size; ++i)
            values[i] = static_cast<float>(i / columns % rows);
        array->Write(start.data(), count.data(), nullptr, nullptr, real, values.data());
    }

    PrivateFolder folder_;
};

std::vector<double> steps(double from, double by, int count) {
    std::vector<double> values;
    for (int i = 0; i < count; ++i)
        values.push_back(from + by * i);
    return values;
}

DrawnAxis latitudes(std::vector<double> values) {
    return {"lat", std::move(values), {{"units", "degrees_north"}, {"standard_name", "latitude"}}};
}
DrawnAxis longitudes(std::vector<double> values) {
    return {"lon", std::move(values), {{"units", "degrees_east"}, {"standard_name", "longitude"}}};
}
DrawnAxis times(std::vector<double> values, const std::string& units, const std::string& calendar = "standard") {
    return {"time", std::move(values), {{"units", units}, {"calendar", calendar}, {"standard_name", "time"}}};
}

TEST_F(NetCdf, CoordinatesWinOverAnActualRangeThatContradictsThem) {
    for (const bool rising : {true, false}) {
        DrawnGrid grid{
            .axes = {latitudes(rising ? steps(40, 0.5, 10) : steps(44.5, -0.5, 10)), longitudes(steps(10, 0.5, 20))}};
        grid.axes[0].actual_range = {50, 54.5};
        grid.axes[1].actual_range = {0, 19.5};
        const Facts facts = probed(grid);
        ASSERT_TRUE(facts.bbox);
        EXPECT_EQ(*facts.bbox, (std::array<double, 4>{9.75, 39.75, 19.75, 44.75}));
        EXPECT_THAT(facts.warnings, Contains(HasSubstr("actual_range of lon and lat contradicts")));
        EXPECT_TRUE(facts.raster->renderable);
    }
}

TEST_F(NetCdf, AnActualRangeThatAgreesIsNotSpokenOf) {
    DrawnGrid grid{.axes = {latitudes(steps(40, 0.5, 10)), longitudes(steps(10, 0.5, 20))}};
    grid.axes[1].actual_range = {10, 19.5};
    const Facts facts = probed(grid);
    EXPECT_EQ(facts.bbox, (std::array<double, 4>{9.75, 39.75, 19.75, 44.75}));
    EXPECT_THAT(facts.warnings, ::testing::Not(Contains(HasSubstr("actual_range"))));
}

TEST_F(NetCdf, ARotatedPoleWithoutAnEllipsoidIsPlacedOnOne) {
    for (const bool with_axes : {true, false}) {
        for (const bool rising : {true, false}) {
            DrawnGrid grid{
                .axes = {{"rlat", rising ? steps(-8, 0.5, 30) : steps(6.5, -0.5, 30), {{"units", "degrees"}}},
                         {"rlon", steps(-10, 0.5, 40), {{"units", "degrees"}}}},
                .variable = {{"grid_mapping", "crs"}},
                .mapping = {{"grid_north_pole_latitude", 39.25}, {"grid_north_pole_longitude", -162}},
                .mapping_name = "rotated_latitude_longitude"};
            if (with_axes) {
                grid.axes[0].attributes["axis"] = "Y";
                grid.axes[1].attributes["axis"] = "X";
            }
            const Facts facts = probed(grid);
            ASSERT_TRUE(facts.bbox) << with_axes << rising << (facts.warnings.empty() ? "" : facts.warnings.back());
            EXPECT_THAT(facts.warnings, Contains(HasSubstr("GRS 80")));
            EXPECT_EQ(facts.raster->transform, (std::array<double, 6>{-10.25, 0.5, 0, 6.75, 0, -0.5}));
            // The rotated origin lies 39.25 degrees from the pole's meridian's other side: 18 east, 50.75 north.
            EXPECT_LT((*facts.bbox)[0], 18);
            EXPECT_GT((*facts.bbox)[2], 18);
            EXPECT_NEAR((*facts.bbox)[3], 50.75 + 6.75, 1.5);
            EXPECT_TRUE(facts.raster->renderable);
        }
    }
}

TEST_F(NetCdf, UnevenCoordinatesAreNamedAsTheReason) {
    const Facts facts =
        probed({.axes = {latitudes({40, 40.1, 40.3, 40.6, 41, 41.5, 42.1, 42.8}), longitudes(steps(10, 0.5, 20))}});
    EXPECT_FALSE(facts.bbox);
    EXPECT_THAT(facts.raster->not_drawn, HasSubstr("unevenly spaced"));
    EXPECT_THAT(facts.raster->not_drawn, HasSubstr("CF"));
}

TEST_F(NetCdf, ATimeAxisTellsTheTimeOrTheRange) {
    const auto at = [&](std::vector<double> values, const std::string& units, const std::string& calendar) {
        return probed({.axes = {times(std::move(values), units, calendar), latitudes(steps(40, 0.5, 10)),
                                longitudes(steps(10, 0.5, 20))}});
    };
    const Facts one = at({17927.5}, "days since 1950-01-01 00:00:00", "standard");
    EXPECT_EQ(one.datetime, "1999-01-31T12:00:00.000000Z");
    EXPECT_FALSE(one.start_datetime);
    const Facts many = at({0, 31, 59}, "days since 2001-01-01", "noleap");
    EXPECT_FALSE(many.datetime);
    EXPECT_EQ(many.start_datetime, "2001-01-01T00:00:00.000000Z");
    EXPECT_EQ(many.end_datetime, "2001-03-01T00:00:00.000000Z");
    const Facts none = at({1, 2, 3}, "months since 2001-01-01", "standard");
    EXPECT_FALSE(none.datetime || none.start_datetime);
}

TEST_F(NetCdf, CoverageOfTheFileTellsTheTimeWhereNoAxisDoes) {
    const Facts facts = probed(
        {.axes = {latitudes(steps(40, 0.5, 10)), longitudes(steps(10, 0.5, 20))},
         .file = {{"time_coverage_start", "2021-06-01T10:00:00Z"}, {"time_coverage_end", "2021-06-01T10:05:30.5Z"}}});
    EXPECT_EQ(facts.start_datetime, "2021-06-01T10:00:00.000000Z");
    EXPECT_EQ(facts.end_datetime, "2021-06-01T10:05:30.500000Z");
}

} // namespace
} // namespace landfall::raster
