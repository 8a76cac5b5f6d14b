#include "raster/convert/one_validity.hpp"
#include "raster/tasks.hpp"
#include "raster/vocabulary.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace landfall::raster {
namespace {

using namespace testing;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const Progress kGoOn = [](double, std::string_view) { return true; };

struct Nodata {
    GDALDataType type;
    std::array<std::optional<double>, 2> values;
    std::function<double(int band, double x, double y)> value;
};

/// The rendition of a picture of two bands whose nodata values differ.
DatasetHandle rendition_of(const TemporaryFolder& folder, const Nodata& nodata) {
    const DatasetHandle drawn =
        draw({.width = 600, .height = 520, .bands = 2, .type = nodata.type, .value = nodata.value});
    for (int band = 1; band <= 2; ++band)
        if (const auto& value = nodata.values[static_cast<std::size_t>(band) - 1])
            drawn->GetRasterBand(band)->SetNoDataValue(*value);
    write_as(*drawn, folder.path() + "/input.img", "HFA");
    CogArguments arguments;
    arguments.files.file = "input.img";
    const auto answer = cog_task(folder.path(), arguments, kGoOn);
    EXPECT_TRUE(answer) << answer.error().message << answer.error().cause;
    DatasetHandle made = open_raster(folder.path() + "/output.tif", "GTiff");
    int has = 0;
    const double stated = made->GetRasterBand(2)->GetNoDataValue(&has);
    EXPECT_TRUE(has && answer && answer->nodata);
    EXPECT_TRUE(stated == *answer->nodata || std::isnan(stated));
    return made;
}

void expect_same(const PixelWindow& before, const PixelWindow& after) {
    ASSERT_EQ(before.pixels(), after.pixels());
    for (std::size_t i = 0; i < before.pixels(); ++i) {
        ASSERT_EQ(before.validity[i], after.validity[i]) << i;
        ASSERT_TRUE(before.validity[i] == 0 || before.planes[0][i] == after.planes[0][i]) << i;
    }
}

TEST(OneValidity, EachBandShowsTheSameInTheRendition) {
    const auto lowest = std::numeric_limits<std::int32_t>::min();
    const auto stripes = [](double a, double b) {
        return [a, b](int band, double x, double y) {
            const bool first = band == 1;
            return y < 64 ? (first ? a : b) : y < 128 ? (first ? b : a) : std::floor(x / 4) + band;
        };
    };
    const Nodata cases[] = {
        {GDT_Byte, {0, 255}, stripes(0, 255)},
        {GDT_Byte, {0, 200}, stripes(0, 200)},
        {GDT_Byte, {std::nullopt, 7}, stripes(0, 7)},
        {GDT_Int16, {-9999, std::nullopt}, stripes(-9999, -32768)},
        {GDT_UInt16, {0, 65'535}, stripes(0, 65'535)},
        {GDT_Int32, {lowest, 2'147'483'647}, stripes(lowest, 2'147'483'647)},
        {GDT_Float32, {-9999, kNan}, stripes(-9999, 5)},
    };
    for (const Nodata& nodata : cases) {
        const TemporaryFolder folder;
        const auto after = image_of(rendition_of(folder, nodata));
        const auto before = image_of(open_raster(folder.path() + "/input.img", "HFA"));
        for (const int band : {1, 2}) {
            const ReadSpec spec{.bands = {band}, .as_float = true};
            const auto was = before->read(spec, {0, 0, 600, 520}, 1), is = after->read(spec, {0, 0, 600, 520}, 1);
            ASSERT_TRUE(was && is);
            expect_same(*was, *is);
        }
    }
}

TEST(OneValidity, ValuesOfOneBandNeverMixWithTheMissingOnesOfAnother) {
    const TemporaryFolder folder;
    // In every second column one of the bands is missing; what remains is 100 everywhere.
    const DatasetHandle made =
        rendition_of(folder, {GDT_Byte, {0, 255}, [](int band, double x, double) {
                                  return (static_cast<int>(x) + band) % 2 != 0 ? 100.0 : band == 1 ? 0.0 : 255.0;
                              }});
    GDALRasterBand* const overview = made->GetRasterBand(2)->GetOverview(0);
    ASSERT_TRUE(overview);
    std::vector<double> values(300 * 260);
    ASSERT_EQ(CE_None,
              overview->RasterIO(GF_Read, 0, 0, 300, 260, values.data(), 300, 260, GDT_Float64, 0, 0, nullptr));
    for (const double value : values)
        ASSERT_EQ(value, 100);
}

} // namespace
} // namespace landfall::raster
