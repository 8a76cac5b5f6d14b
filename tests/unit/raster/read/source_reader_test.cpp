#include "unit/raster/test_pictures.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

using namespace testing;

constexpr int kSide = 256;
constexpr std::size_t kRow = kSide;

/// Which of the first row's pixels are valid, and how much.
std::vector<int> first_row(SourceImage& image, const ReadSpec& spec) {
    const auto window = image.read(spec, {0, 0, kSide, kSide}, 1);
    EXPECT_TRUE(window) << (window ? "" : window.error().message);
    std::vector<int> row;
    for (std::size_t x = 0; window && x < kRow; ++x)
        row.push_back(window->bytes.empty() ? window->validity[x] : static_cast<int>(window->bytes[x] >> 24));
    return row;
}

/// Nothing on the left, all from the column on.
std::vector<int> valid_from(std::size_t column) {
    std::vector<int> row(kRow, 255);
    std::fill_n(row.begin(), column, 0);
    return row;
}

TEST(SourceReader, TakesOtherLastDigitsOfAFloatForNodata) {
    for (const GDALDataType type : {GDT_Float32, GDT_Float64}) {
        DatasetHandle dataset =
            draw({.type = type, .value = [](int, double x, double) { return x < 64 ? -1.0000001e30 : x; }});
        dataset->GetRasterBand(1)->SetNoDataValue(-1e30);
        EXPECT_EQ(first_row(*image_of(std::move(dataset)), {.bands = {1}}), valid_from(64));
    }
}

TEST(SourceReader, TakesOnlyTheVeryIntegerForNodata) {
    DatasetHandle dataset = draw({.type = GDT_UInt32, .value = [](int, double x, double) {
                                      return x < 64 ? 4294967295.0 : x < 128 ? 4294967294.0 : x;
                                  }});
    dataset->GetRasterBand(1)->SetNoDataValue(4294967295.0);
    EXPECT_EQ(first_row(*image_of(std::move(dataset)), {.bands = {1}}), valid_from(64));
}

TEST(SourceReader, ShowsNodataThatAMaskCallsValid) {
    std::vector<std::uint8_t> mask(kRow * kRow);
    for (std::size_t i = 0; i < mask.size(); ++i)
        mask[i] = i % kRow < 64 ? 0 : 255;
    for (const GDALDataType type : {GDT_Byte, GDT_UInt16}) {
        DatasetHandle dataset =
            draw({.type = type, .value = [](int, double x, double) { return x < 128 ? 0.0 : 200.0; }});
        dataset->GetRasterBand(1)->SetNoDataValue(0);
        ASSERT_EQ(CE_None, dataset->CreateMaskBand(GMF_PER_DATASET));
        ASSERT_EQ(CE_None, dataset->GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 0, 0, kSide, kSide, mask.data(),
                                                                              kSide, kSide, GDT_Byte, 0, 0, nullptr));
        const auto image = image_of(std::move(dataset));
        EXPECT_EQ(first_row(*image, {.bands = {1}}), valid_from(64));
        EXPECT_EQ(first_row(*image, {.bands = {1}, .nodata = 0}), valid_from(128)) << "who asks for it, gets it";
    }
}

TEST(SourceReader, Takes255ForOpaqueInAlphaOf16BitsThatHoldsNoMore) {
    DatasetHandle dataset = draw({.bands = 2, .type = GDT_UInt16, .value = [](int band, double x, double) {
                                      return band == 1 ? 10'000.0 : x < 128 ? 0.0 : 255.0;
                                  }});
    dataset->GetRasterBand(2)->SetColorInterpretation(GCI_AlphaBand);
    const auto image = image_of(std::move(dataset));
    EXPECT_EQ(first_row(*image, {.bands = {1}, .alpha_p98 = 255}), valid_from(128));
    EXPECT_EQ(first_row(*image, {.bands = {1}, .alpha_p98 = 65'535})[200], 1);
    EXPECT_EQ(first_row(*image, {.bands = {1}})[200], 1);
}

} // namespace
} // namespace landfall::raster
