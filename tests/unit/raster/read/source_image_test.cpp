#include "raster/read/source_image.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gdal_priv.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

using namespace testing;

constexpr int kWidth = 1817, kHeight = 1309; ///< no multiples of eight: the last samples of a JPEG are parts

double landscape(int band, double x, double y) {
    const double waves = 40 * std::sin(x / (90.0 * band)) + 40 * std::cos(y / 70.0);
    return std::round(120 + waves + 10 * std::sin(x * 1.3) * std::sin(y * 1.7));
}

DatasetHandle draw_landscape(int bands) {
    return draw({.width = kWidth, .height = kHeight, .bands = bands, .value = landscape});
}

/// The picture as a tiled JPEG TIFF without overviews, open.
DatasetHandle tiled_jpeg(GDALDataset& picture, const std::string& path, bool ycbcr) {
    write_as(picture, path, "GTiff",
             {"TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=JPEG", "JPEG_QUALITY=90",
              ycbcr ? "PHOTOMETRIC=YCBCR" : "INTERLEAVE=PIXEL"});
    return open_raster(path, "GTiff");
}

/// The average of the decoded source pixels under each pixel of the window, with the share of `mask` that is set.
struct Expected {
    std::vector<double> mean, share;
};

Expected average_under(const PixelWindow& window, const std::vector<float>& values, const std::vector<float>& mask) {
    Expected expected;
    for (int row = 0; row < window.height; ++row)
        for (int column = 0; column < window.width; ++column) {
            const auto x0 = static_cast<int>(std::lround(window.origin_x + column * window.scale_x));
            const auto y0 = static_cast<int>(std::lround(window.origin_y + row * window.scale_y));
            const int x1 = std::min(kWidth, x0 + static_cast<int>(std::lround(window.scale_x)));
            const int y1 = std::min(kHeight, y0 + static_cast<int>(std::lround(window.scale_y)));
            double sum = 0, weight = 0;
            for (int y = y0; y < y1; ++y)
                for (int x = x0; x < x1; ++x) {
                    const auto i = static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x);
                    sum += static_cast<double>(values[i]) * static_cast<double>(mask[i]);
                    weight += static_cast<double>(mask[i]);
                }
            expected.mean.push_back(weight > 0 ? sum / weight : 0);
            expected.share.push_back(weight / ((x1 - x0) * (y1 - y0)));
        }
    return expected;
}

std::vector<float> whole_band(GDALRasterBand& band) {
    std::vector<float> values(static_cast<std::size_t>(kWidth) * kHeight);
    EXPECT_EQ(CE_None, band.RasterIO(GF_Read, 0, 0, kWidth, kHeight, values.data(), kWidth, kHeight, GDT_Float32, 0, 0,
                                     nullptr));
    return values;
}

std::vector<float> everywhere() {
    return std::vector<float>(static_cast<std::size_t>(kWidth) * kHeight, 1.0F);
}

struct Difference {
    double mean = 0, most = 0;
};

Difference difference(const std::vector<float>& got, const std::vector<double>& expected,
                      const std::function<bool(std::size_t)>& counts) {
    Difference result;
    double count = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (!counts(i))
            continue;
        const double off = std::abs(static_cast<double>(got[i]) - expected[i]);
        result.mean += off;
        result.most = std::max(result.most, off);
        ++count;
    }
    result.mean /= std::max(count, 1.0);
    return result;
}

bool all(std::size_t) {
    return true;
}

PixelWindow read_whole(SourceImage& image, const ReadSpec& spec, double scale) {
    auto window = image.read(spec, {0, 0, kWidth, kHeight}, scale);
    EXPECT_TRUE(window) << window.error().message;
    return window ? *window : PixelWindow{};
}

TEST(SourceImage, AveragesALargeGradientExactly) {
    const auto image = image_of(draw({.width = kWidth,
                                      .height = kHeight,
                                      .bands = 2,
                                      .type = GDT_Float64,
                                      .value = [](int band, double x, double y) { return band * 1000 + x - 2 * y; }}));
    for (const double scale : {2.0, 3.7, 4.0, 11.3, 300.0}) {
        const PixelWindow window = read_whole(*image, {.bands = {2, 1}}, scale);
        ASSERT_EQ(window.scale_x, std::floor(scale));
        for (std::size_t plane = 0; plane < 2; ++plane) {
            const Expected expected =
                average_under(window, whole_band(*image->dataset().GetRasterBand(plane == 0 ? 2 : 1)), everywhere());
            EXPECT_LT(difference(window.planes[plane], expected.mean, all).most, 0.001) << scale;
        }
    }
}

TEST(SourceImage, KeepsMissingPixelsOutOfAverages) {
    DatasetHandle source = draw_landscape(1);
    source->GetRasterBand(1)->SetNoDataValue(120);
    const auto image = image_of(std::move(source));
    const PixelWindow window = read_whole(*image, {.bands = {1}}, 9);
    const std::vector<float> values = whole_band(*image->dataset().GetRasterBand(1));
    std::vector<float> mask(values.size());
    std::transform(values.begin(), values.end(), mask.begin(), [](float value) { return value == 120 ? 0.0F : 1.0F; });
    const Expected expected = average_under(window, values, mask);
    EXPECT_LT(difference(window.planes[0], expected.mean, all).most, 0.001);
    for (std::size_t i = 0; i < expected.share.size(); ++i)
        ASSERT_EQ(window.validity[i] > 0, expected.share[i] > 0);
}

TEST(SourceImage, HidesWhatTheMasksOfAllDrawnBandsHide) {
    DatasetHandle source = draw_landscape(2);
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(kWidth) * kHeight);
    for (int band = 1; band <= 2; ++band) {
        GDALRasterBand& into = *source->GetRasterBand(band);
        ASSERT_EQ(CE_None, into.CreateMaskBand(0));
        for (std::size_t i = 0; i < mask.size(); ++i)
            mask[i] = static_cast<int>(i % kWidth) < 600 * band ? 0 : 255;
        ASSERT_EQ(CE_None, into.GetMaskBand()->RasterIO(GF_Write, 0, 0, kWidth, kHeight, mask.data(), kWidth, kHeight,
                                                        GDT_Byte, 0, 0, nullptr));
    }
    const auto image = image_of(std::move(source));
    struct Case {
        ReadSpec spec;
        int hidden; ///< columns on the left
    };
    for (const auto& [spec, hidden] :
         {Case{{.bands = {1}}, 600}, Case{{.bands = {2}}, 1200}, Case{{.bands = {1, 2}}, 600},
          Case{{.bands = {1, 2}, .every_band = true}, 1200}, Case{{.bands = {1}, .nodata = -1}, 0}})
        for (const double scale : {1.0, 4.0}) {
            const PixelWindow window = read_whole(*image, spec, scale);
            ASSERT_EQ(window.validity.size(), window.pixels());
            for (std::size_t i = 0; i < window.pixels(); ++i)
                ASSERT_EQ(window.validity[i] != 0,
                          static_cast<double>(i % static_cast<std::size_t>(window.width)) * scale >= hidden)
                    << i << " at " << scale << " of bands " << spec.bands.size();
        }
}

TEST(SourceImage, ReducesAJpegCloseToItsExactAverage) {
    const TemporaryFolder folder;
    const DatasetHandle picture = draw_landscape(3);
    const auto image = image_of(tiled_jpeg(*picture, folder.path() + "/a.tif", true));
    for (const double scale : {3.0, 5.0, 8.0, 13.0, 22.0}) {
        const PixelWindow window = read_whole(*image, {.bands = {1, 2, 3}}, scale);
        for (std::size_t plane = 0; plane < 3; ++plane) {
            const Expected expected = average_under(
                window, whole_band(*image->dataset().GetRasterBand(static_cast<int>(plane) + 1)), everywhere());
            const Difference off = difference(window.planes[plane], expected.mean, all);
            EXPECT_LT(off.mean, scale < 4 ? 1e-4 : 0.6) << scale << " band " << plane;
            // A cell of the edge may hold only pixels that fill no sample: it shows the sample beside them.
            const Difference inner = difference(window.planes[plane], expected.mean, [&](std::size_t i) {
                const auto width = static_cast<std::size_t>(window.width);
                return i % width + 1 < width && i / width + 1 < static_cast<std::size_t>(window.height);
            });
            EXPECT_LT(inner.most, scale < 4 ? 1e-3 : 8) << scale << " band " << plane;
            EXPECT_LT(off.most, scale < 4 ? 1e-3 : 25) << scale << " band " << plane;
        }
    }
}

TEST(SourceImage, ReducesAPartOfAJpegWhereItLies) {
    const TemporaryFolder folder;
    const DatasetHandle picture = draw_landscape(3);
    const auto image = image_of(tiled_jpeg(*picture, folder.path() + "/a.tif", true));
    const auto window = image->read({.bands = {2}}, {333, 517, 1611, 1299}, 19);
    ASSERT_TRUE(window);
    EXPECT_EQ(window->origin_x, 331);
    EXPECT_EQ(window->origin_y, 515);
    const Expected expected = average_under(*window, whole_band(*image->dataset().GetRasterBand(2)), everywhere());
    EXPECT_LT(difference(window->planes[0], expected.mean, all).mean, 0.6);
}

TEST(SourceImage, ReadsTheMaskOfAJpegWithTheSameDecimation) {
    const TemporaryFolder folder;
    const DatasetHandle picture = draw_landscape(3);
    ASSERT_EQ(CE_None, picture->CreateMaskBand(GMF_PER_DATASET));
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(kWidth) * kHeight);
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
            mask[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)] = x + y > 1200 ? 255 : 0;
    ASSERT_EQ(CE_None, picture->GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 0, 0, kWidth, kHeight, mask.data(),
                                                                          kWidth, kHeight, GDT_Byte, 0, 0, nullptr));
    CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES");
    const auto image = image_of(tiled_jpeg(*picture, folder.path() + "/a.tif", true));
    CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", nullptr);
    const PixelWindow window = read_whole(*image, {.bands = {1, 2, 3}}, 20);
    const std::vector<float> ones(mask.begin(), mask.end());
    const Expected expected = average_under(window, whole_band(*image->dataset().GetRasterBand(1)), ones);
    for (std::size_t i = 0; i < expected.share.size(); ++i) {
        const bool clear = expected.share[i] == 0, well_seen = expected.share[i] > 0.2 * 255;
        ASSERT_FALSE(clear && window.validity[i] != 0) << i;
        ASSERT_FALSE(well_seen && window.validity[i] != 255) << i;
    }
    EXPECT_LT(difference(window.planes[0], expected.mean, [&](std::size_t i) { return expected.share[i] == 255; }).mean,
              0.6);
}

TEST(SourceImage, ReadsTheAlphaOfAJpegWithTheSameDecimation) {
    const TemporaryFolder folder;
    const DatasetHandle picture =
        draw({.width = kWidth, .height = kHeight, .bands = 4, .value = [](int band, double x, double y) {
                  return band < 4 ? landscape(band, x, y) : std::floor(255 * x / kWidth);
              }});
    picture->GetRasterBand(4)->SetColorInterpretation(GCI_AlphaBand);
    const auto image = image_of(tiled_jpeg(*picture, folder.path() + "/a.tif", false));
    ASSERT_EQ(image->alpha_band(), 4);
    const PixelWindow window = read_whole(*image, {.bands = {1, 2, 3}}, 20);
    const Expected opacity = average_under(window, whole_band(*image->dataset().GetRasterBand(4)), everywhere());
    const std::vector<float> validity(window.validity.begin(), window.validity.end());
    EXPECT_TRUE(window.soft);
    EXPECT_LT(difference(validity, opacity.mean, all).most, 4);
}

TEST(SourceImage, NeverMixesClassesOfAJpeg) {
    const TemporaryFolder folder;
    const DatasetHandle picture = draw_landscape(1);
    const auto image = image_of(tiled_jpeg(*picture, folder.path() + "/a.tif", false));
    const std::vector<float> values = whole_band(*image->dataset().GetRasterBand(1));
    const PixelWindow window = read_whole(*image, {.bands = {1}, .categorical = true}, 21);
    ASSERT_EQ(window.scale_x, 21);
    for (int row = 0; row + 1 < window.height; ++row)
        for (int column = 0; column + 1 < window.width; ++column)
            ASSERT_EQ(
                window.planes[0][static_cast<std::size_t>(row * window.width + column)],
                values[static_cast<std::size_t>(row * 21 + 10) * kWidth + static_cast<std::size_t>(column * 21 + 10)]);
}

} // namespace
} // namespace landfall::raster
