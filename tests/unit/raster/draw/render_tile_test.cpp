#include "raster/draw/render_tile.hpp"
#include "unit/raster/gdal_drawing.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

using namespace testing;

constexpr double kHalfWorld = 20037508.342789244;

TileRequest request_for(const TileAddress& tile, const Rendering& rendering = {}) {
    TileRequest request;
    request.source = "s";
    request.driver = "GTiff";
    request.z = tile.z;
    request.x = tile.x;
    request.y = tile.y;
    request.size = tile.size;
    request.format = TileFormat::Png;
    request.rendering = rendering;
    return request;
}

Picture render(SourceImage& image, const TileRequest& request) {
    Encoder encoder;
    const auto tile = render_tile(image, request, encoder);
    EXPECT_TRUE(tile) << (tile ? "" : tile.error().message + " " + tile.error().cause);
    return tile ? decode(tile->bytes) : Picture{};
}

/// Sources of many kinds around a place, whose values are their own pixel coordinates.
struct Place {
    const char* name;
    std::string crs;
    std::array<double, 6> transform;
    int z;
};

const std::vector<Place>& places() {
    static const std::vector<Place> all = {
        {"utm", "EPSG:32633", {400000, 10, 0, 5300000, 0, -10}, 13},
        {"utm far out", "EPSG:32633", {400000, 5000, 0, 8000000, 0, -5000}, 4},
        {"laea", "EPSG:3035", {4300000, 100, 0, 2800000, 0, -100}, 9},
        {"rotated", "EPSG:32633", {400000, 8, 5, 5300000, 5, -8}, 13},
        {"geographic", "EPSG:4326", {10, 0.002, 0, 50, 0, -0.002}, 8},
        {"geographic low zoom", "EPSG:4326", {-20, 0.1, 0, 70, 0, -0.1}, 2},
        {"polar", "EPSG:3031", {-2000000, 4000, 0, 2500000, 0, -4000}, 3},
        {"south up", "EPSG:32633", {400000, 10, 0, 5300000, 0, 10}, 13},
        {"pacific", "EPSG:4326", {176, 0.02, 0, -15, 0, -0.02}, 5},
        {"nad27", "EPSG:26711", {500000, 30, 0, 4000000, 0, -30}, 11},
    };
    return all;
}

TEST(WarpGridTest, LiesWithinAnEighthOfAPixelOfExactProjection) {
    for (const Place& place : places()) {
        const DatasetHandle dataset =
            draw({.width = 512, .height = 512, .crs = place.crs, .transform = place.transform});
        const auto mapping = SourceMapping::make(*dataset, kWebMercator);
        ASSERT_TRUE(mapping) << place.name;
        const TileAddress centre = tile_over(*dataset, 1);
        for (int zoom = 0; zoom <= centre.z + 2; ++zoom) {
            const int shift = centre.z - zoom;
            const TileAddress tile{zoom, shift >= 0 ? centre.x >> shift : centre.x << -shift,
                                   shift >= 0 ? centre.y >> shift : centre.y << -shift, 256};
            const WarpGrid grid =
                build_warp_grid(mapping->get(), tile_grid(tile.z, tile.x, tile.y, tile.size), 512, 512);
            ASSERT_FALSE(grid.cells.empty()) << place.name << zoom;
            const double side = 2 * kHalfWorld / std::pow(2.0, zoom);
            double worst = 0;
            std::vector<double> x, y, at_x, at_y, unit;
            for (const GridCell& cell : grid.cells)
                for (int row = 0; row < cell.height; ++row)
                    for (int column = 0; column < cell.width; ++column) {
                        const double across = (column + 0.5) / cell.width, down = (row + 0.5) / cell.height;
                        const auto blend = [&](const std::array<double, 4>& c) {
                            return (c[0] * (1 - across) + c[1] * across) * (1 - down) +
                                   (c[2] * (1 - across) + c[3] * across) * down;
                        };
                        at_x.push_back(blend(cell.source_x));
                        at_y.push_back(blend(cell.source_y));
                        x.push_back(-kHalfWorld + (static_cast<double>(tile.x) + (cell.x + column + 0.5) / 256) * side);
                        y.push_back(kHalfWorld - (static_cast<double>(tile.y) + (cell.y + row + 0.5) / 256) * side);
                    }
            std::vector<double> right_x = x, right_y = y;
            for (double& value : right_x)
                value += side / 256;
            (*mapping)->to_pixels(x, y);
            (*mapping)->to_pixels(right_x, right_y);
            for (std::size_t i = 0; i < x.size(); ++i) {
                const bool inside = x[i] >= 0 && y[i] >= 0 && x[i] <= 512 && y[i] <= 512;
                const double scale = std::hypot(right_x[i] - x[i], right_y[i] - y[i]);
                if (inside && std::isfinite(scale))
                    worst = std::max(worst, std::hypot(at_x[i] - x[i], at_y[i] - y[i]) / scale);
            }
            EXPECT_LE(worst, kGridTolerance) << place.name << " at zoom " << zoom;
        }
    }
}

TEST(WarpGridTest, MissesNoPixelOfTheSource) {
    for (const Place& place : places()) {
        const DatasetHandle dataset =
            draw({.width = 512, .height = 512, .crs = place.crs, .transform = place.transform});
        const auto mapping = SourceMapping::make(*dataset, kWebMercator);
        ASSERT_TRUE(mapping);
        const TileAddress centre = tile_over(*dataset, 1);
        for (const int back : {0, 2, 5}) {
            const int zoom = std::max(0, centre.z - back), shift = centre.z - zoom;
            const TileAddress tile{zoom, centre.x >> shift, centre.y >> shift, 64};
            const WarpGrid grid =
                build_warp_grid(mapping->get(), tile_grid(tile.z, tile.x, tile.y, tile.size), 512, 512);
            std::vector<bool> covered(64 * 64);
            for (const GridCell& cell : grid.cells)
                for (int row = cell.y; row < cell.y + cell.height; ++row)
                    for (int column = cell.x; column < cell.x + cell.width; ++column)
                        covered[static_cast<std::size_t>(row * 64 + column)] = true;
            const double side = 2 * kHalfWorld / std::pow(2.0, zoom);
            std::vector<double> x, y;
            for (int i = 0; i < 64 * 64; ++i) {
                x.push_back(-kHalfWorld + (static_cast<double>(tile.x) + (i % 64 + 0.5) / 64) * side);
                y.push_back(kHalfWorld - (static_cast<double>(tile.y) + (i / 64 + 0.5) / 64) * side);
            }
            (*mapping)->to_pixels(x, y);
            for (std::size_t i = 0; i < x.size(); ++i)
                EXPECT_TRUE(covered[i] || !(x[i] > 0 && y[i] > 0 && x[i] < 512 && y[i] < 512))
                    << place.name << " zoom " << zoom << " pixel " << i;
        }
    }
}

TEST(RenderTile, PutsAGradientWhereProjectionSays) {
    for (const Place& place : places()) {
        // Values rise by one per source pixel in x (band 1) and y (band 2): a value read back is a position.
        auto image = image_of(draw({.width = 512,
                                    .height = 512,
                                    .bands = 2,
                                    .type = GDT_Float32,
                                    .crs = place.crs,
                                    .transform = place.transform,
                                    .value = [](int band, double x, double y) { return band == 1 ? x : y; }}));
        const TileAddress tile = tile_over(image->dataset(), 1);
        const double side = 2 * kHalfWorld / std::pow(2.0, tile.z);
        Rendering rendering;
        rendering.expression = "b1";
        const auto columns = tile_values(*image, request_for(tile, rendering));
        rendering.expression = "b2";
        const auto rows = tile_values(*image, request_for(tile, rendering));
        ASSERT_TRUE(columns && rows);
        std::vector<double> x, y;
        for (int i = 0; i < 256 * 256; ++i) {
            x.push_back(-kHalfWorld + (static_cast<double>(tile.x) + (i % 256 + 0.5) / 256) * side);
            y.push_back(kHalfWorld - (static_cast<double>(tile.y) + (i / 256 + 0.5) / 256) * side);
        }
        (*image->mapping(kWebMercator))->to_pixels(x, y);
        std::size_t compared = 0;
        for (std::size_t i = 0; i + 1 < x.size(); ++i) {
            if (!(x[i] > 2 && y[i] > 2 && x[i] < 510 && y[i] < 510) || i % 256 == 255)
                continue;
            const double scale = std::hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
            ASSERT_FALSE(std::isnan((*columns)[i]));
            const double off =
                std::hypot(static_cast<double>((*columns)[i]) - x[i], static_cast<double>((*rows)[i]) - y[i]) / scale;
            ASSERT_LE(off, kGridTolerance) << place.name << " pixel " << i;
            ++compared;
        }
        EXPECT_GT(compared, 1000U) << place.name;
    }
}

TEST(RenderTile, ShowsASourceOfTheTileSOwnPixelsExactly) {
    const TileAddress tile{10, 535, 358, 256};
    auto image =
        image_of(draw({.bands = 3, .transform = over_tile(tile, 256), .value = [](int band, double x, double y) {
                           return std::fmod(x * 7 + y * 13 + band * 50, 256);
                       }}));
    const Picture picture = render(*image, request_for(tile));
    EXPECT_EQ(count_transparent(picture), 0U);
    for (int y = 0; y < 256; y += 5)
        for (int x = 0; x < 256; x += 3)
            for (int band = 1; band <= 3; ++band)
                ASSERT_NEAR(channel(pixel_at(picture, x, y), band - 1),
                            std::floor(std::fmod((x + 0.5) * 7 + (y + 0.5) * 13 + band * 50, 256)), 1.0);
    const Picture beside = render(*image, request_for({10, 536, 358, 256}));
    EXPECT_EQ(count_transparent(beside), 65'536U);
}

TEST(RenderTile, AnOutsideTileIsEmptyInEveryFormat) {
    auto image = image_of(draw({.transform = over_tile({10, 535, 358, 256}, 256)}));
    Encoder encoder;
    for (const TileFormat format : {TileFormat::Png, TileFormat::Webp, TileFormat::Jpeg}) {
        TileRequest request = request_for({10, 3, 3, 256});
        request.format = format;
        const auto tile = render_tile(*image, request, encoder);
        ASSERT_TRUE(tile);
        EXPECT_TRUE(tile->empty);
        EXPECT_EQ(tile->format, format);
        EXPECT_TRUE(begins_as(format, tile->bytes));
    }
}

TEST(RenderTile, NeverMixesMissingPixelsIntoValidOnes) {
    const TileAddress tile{12, 2140, 1434, 256};
    // Half the source is nodata 0, half is 200; enlarged 4 times and shifted, so that every edge is interpolated.
    const auto value = [](int, double x, double) { return x < 40 ? 0.0 : 200.0; };
    for (const GDALDataType type : {GDT_Byte, GDT_UInt16, GDT_Float32}) {
        DatasetHandle dataset =
            draw({.width = 80, .height = 80, .type = type, .transform = over_tile(tile, 75), .value = value});
        dataset->GetRasterBand(1)->SetNoDataValue(0);
        auto image = image_of(std::move(dataset));
        Rendering rendering;
        rendering.rescale = {{0, 255}};
        rendering.bands = {1};
        const Picture picture = render(*image, request_for(tile, rendering));
        for (const std::uint32_t pixel : picture.pixels)
            ASSERT_TRUE(pixel == 0 || pixel == rgba(200, 200, 200)) << std::hex << pixel;
        EXPECT_NEAR(static_cast<double>(count_transparent(picture)), 40.0 / 75 * 65'536, 400);
    }
}

TEST(RenderTile, ShowsAPixelThatIsMissingInOneOfThreeBandsOnly) {
    const TileAddress tile{12, 2140, 1434, 256};
    DatasetHandle dataset =
        draw({.bands = 3, .transform = over_tile(tile, 256), .value = [](int band, double x, double) {
                  return x < 64 ? 0.0 : (x < 128 && band == 1 ? 0.0 : 90.0);
              }});
    for (int band = 1; band <= 3; ++band)
        dataset->GetRasterBand(band)->SetNoDataValue(0);
    auto image = image_of(std::move(dataset));
    const Picture picture = render(*image, request_for(tile));
    EXPECT_EQ(pixel_at(picture, 30, 30), 0U);
    EXPECT_EQ(pixel_at(picture, 100, 30), rgba(0, 90, 90));
    EXPECT_EQ(pixel_at(picture, 200, 30), rgba(90, 90, 90));
}

TEST(RenderTile, TreatsNanAsMissing) {
    const TileAddress tile{12, 2140, 1434, 256};
    auto image =
        image_of(draw({.type = GDT_Float64, .transform = over_tile(tile, 256), .value = [](int, double x, double y) {
                           return x < 128 ? std::nan("") : y;
                       }}));
    const Picture picture = render(*image, request_for(tile));
    EXPECT_NEAR(static_cast<double>(count_transparent(picture)), 128 * 256, 300);
    EXPECT_GT(channel(pixel_at(picture, 200, 250), 0), 240);
    EXPECT_LT(channel(pixel_at(picture, 200, 5), 0), 10);
}

TEST(RenderTile, ObeysANodataOverrideAndImpossibleNodata) {
    const TileAddress tile{12, 2140, 1434, 256};
    DatasetHandle dataset =
        draw({.type = GDT_UInt16, .transform = over_tile(tile, 256), .value = [](int, double x, double) {
                  return x < 64 ? 7.0 : 1000.0 + x;
              }});
    dataset->GetRasterBand(1)->SetNoDataValue(-1);
    auto image = image_of(std::move(dataset));
    EXPECT_EQ(count_transparent(render(*image, request_for(tile))), 0U);
    Rendering rendering;
    rendering.nodata = 7;
    EXPECT_NEAR(static_cast<double>(count_transparent(render(*image, request_for(tile, rendering)))), 64 * 256, 300);
}

TEST(RenderTile, KeepsAlphaAndDoesNotLetHiddenColoursShineThrough) {
    const TileAddress tile{12, 2140, 1434, 256};
    DatasetHandle dataset = draw({.width = 64,
                                  .height = 64,
                                  .bands = 4,
                                  .transform = over_tile(tile, 64),
                                  .value = [](int band, double x, double) {
                                      return band == 4 ? (x < 32 ? 0.0 : 255.0) : (x < 32 ? 0.0 : 220.0);
                                  }});
    dataset->GetRasterBand(4)->SetColorInterpretation(GCI_AlphaBand);
    auto image = image_of(std::move(dataset));
    const Picture picture = render(*image, request_for(tile));
    bool shaded = false;
    for (const std::uint32_t pixel : picture.pixels) {
        ASSERT_EQ(channel(pixel, 0), pixel >> 24 != 0 ? 220 : 0);
        shaded = shaded || (pixel >> 24 > 20 && pixel >> 24 < 235);
    }
    EXPECT_TRUE(shaded);
    EXPECT_EQ(pixel_at(picture, 250, 128), rgba(220, 220, 220));
}

TEST(RenderTile, StretchesDeepBandsByStatisticsOrASample) {
    const TileAddress tile{12, 2140, 1434, 256};
    auto image =
        image_of(draw({.type = GDT_UInt16, .transform = over_tile(tile, 256), .value = [](int, double x, double) {
                           return 1000 + 10 * x;
                       }}));
    TileRequest request = request_for(tile);
    const Picture sampled = render(*image, request);
    EXPECT_LT(channel(pixel_at(sampled, 2, 9), 0), 4);
    EXPECT_GT(channel(pixel_at(sampled, 253, 9), 0), 251);
    EXPECT_NEAR(channel(pixel_at(sampled, 128, 9), 0), 128, 4);
    request.facts.bands = {{0, 20'000}};
    EXPECT_NEAR(channel(pixel_at(render(*image, request), 128, 9), 0), 255.0 * 2280 / 20'000, 1);
    request.rendering.rescale = {{1000, 3560}};
    request.rendering.gamma = 2;
    EXPECT_NEAR(channel(pixel_at(render(*image, request), 64, 9), 0), 128, 2);
    request.rendering.gamma = 1;
    request.rendering.colormap = "viridis";
    EXPECT_EQ(pixel_at(render(*image, request), 0, 9) & 0xF0F0F0U, rgba(0x40, 0x00, 0x50, 0));
}

TEST(RenderTile, ShowsAConstantBandInMiddleGray) {
    const TileAddress tile{12, 2140, 1434, 256};
    for (const double constant : {0.0, 5.0, -3e6}) {
        auto image =
            image_of(draw({.type = GDT_Float32, .transform = over_tile(tile, 256), .value = [=](int, double, double) {
                               return constant;
                           }}));
        EXPECT_NEAR(channel(pixel_at(render(*image, request_for(tile)), 99, 99), 1), 128, 1) << constant;
    }
}

TEST(RenderTile, GivesPalettesTheirExactColoursAtAnyZoom) {
    const TileAddress tile{10, 535, 358, 256};
    DatasetHandle dataset =
        draw({.width = 300, .height = 300, .transform = over_tile(tile, 210), .value = [](int, double x, double y) {
                  return std::fmod(std::floor(x / 9) + std::floor(y / 5), 4);
              }});
    GDALColorTable table;
    const std::array<GDALColorEntry, 4> colors = {
        {{10, 20, 30, 255}, {200, 0, 0, 255}, {0, 200, 0, 255}, {0, 0, 0, 0}}};
    for (int i = 0; i < 4; ++i)
        table.SetColorEntry(i, &colors[static_cast<std::size_t>(i)]);
    dataset->GetRasterBand(1)->SetColorTable(&table);
    auto image = image_of(std::move(dataset));
    for (const int back : {-2, 0, 1, 3}) {
        const TileAddress other{10 + -back, back >= 0 ? tile.x >> back : tile.x << -back,
                                back >= 0 ? tile.y >> back : tile.y << -back, 256};
        const Picture picture = render(*image, request_for(other));
        for (const std::uint32_t pixel : picture.pixels)
            ASSERT_TRUE(pixel == 0 || pixel == rgba(10, 20, 30) || pixel == rgba(200, 0, 0) || pixel == rgba(0, 200, 0))
                << std::hex << pixel;
        EXPECT_LT(count_transparent(picture), 65'536U);
    }
}

TEST(RenderTile, ComputesExpressionsOfPhysicalValues) {
    const TileAddress tile{12, 2140, 1434, 256};
    DatasetHandle dataset = draw(
        {.bands = 2, .type = GDT_Int16, .transform = over_tile(tile, 256), .value = [](int band, double x, double) {
             return band == 1 ? 2000.0 : (x < 128 ? 6000.0 : 1000.0);
         }});
    for (int band = 1; band <= 2; ++band) {
        dataset->GetRasterBand(band)->SetScale(0.0001);
        dataset->GetRasterBand(band)->SetOffset(-0.1);
    }
    auto image = image_of(std::move(dataset));
    Rendering rendering;
    rendering.expression = "(b2 - b1) / (b2 + b1)";
    rendering.rescale = {{-1, 1}};
    const Picture picture = render(*image, request_for(tile, rendering));
    EXPECT_NEAR(channel(pixel_at(picture, 50, 50), 0), 255 * (0.4 / 0.6 + 1) / 2, 1);
    EXPECT_NEAR(channel(pixel_at(picture, 200, 50), 0), 0, 1);
    rendering.expression = "b1 / (b2 > 0.3)";
    EXPECT_NEAR(static_cast<double>(count_transparent(render(*image, request_for(tile, rendering)))), 128 * 256, 300)
        << "division by zero is missing";
    rendering.expression = "b3";
    Encoder encoder;
    EXPECT_EQ(render_tile(*image, request_for(tile, rendering), encoder).error().code, Code::InvalidArgument);
}

TEST(RenderTile, RunsThroughTheAntimeridianWithoutASeam) {
    // A source in degrees from 175 to 185, and the same in UTM 60: the tiles on both sides meet without a gap.
    for (const std::string crs : {"EPSG:4326", "EPSG:32760"}) {
        const std::array<double, 6> transform = crs == "EPSG:4326"
                                                    ? std::array<double, 6>{175, 0.02, 0, -15, 0, -0.02}
                                                    : std::array<double, 6>{100000, 2000, 0, 8400000, 0, -2000};
        auto image = image_of(
            draw({.width = 500, .height = 500, .crs = crs, .transform = transform, .value = [](int, double x, double) {
                      return x / 2;
                  }}));
        const std::int64_t last = (1 << 6) - 1;
        const int row = 35;
        const Picture east = render(*image, request_for({6, last, row, 256}));
        const Picture west = render(*image, request_for({6, 0, row, 256}));
        for (int y = 40; y < 200; y += 10) {
            ASSERT_EQ(channel(pixel_at(east, 255, y), 3), 255) << crs << y;
            ASSERT_EQ(channel(pixel_at(west, 0, y), 3), 255) << crs << y;
            EXPECT_NEAR(channel(pixel_at(east, 255, y), 0), channel(pixel_at(west, 0, y), 0), 2);
        }
    }
}

TEST(RenderTile, ShowsAWorldMapToBothOfItsEnds) {
    for (const double west : {-180.0, 0.0}) {
        auto image = image_of(draw({.width = 720,
                                    .height = 360,
                                    .crs = "EPSG:4326",
                                    .transform = {west, 0.5, 0, 90, 0, -0.5},
                                    .value = [](int, double, double y) { return y / 2; }}));
        for (const TileAddress tile : {TileAddress{0, 0, 0, 256}, TileAddress{2, 0, 1, 256}, TileAddress{2, 3, 2, 256},
                                       TileAddress{3, 4, 3, 256}}) {
            const Picture picture = render(*image, request_for(tile));
            EXPECT_EQ(count_transparent(picture), 0U) << west << " zoom " << tile.z << " column " << tile.x;
        }
    }
}

TEST(RenderTile, AveragesWhereOverviewsAreMissing) {
    const TileAddress tile{8, 134, 89, 256};
    auto image = image_of(
        draw({.width = 2560, .height = 2560, .transform = over_tile(tile, 2560), .value = [](int, double x, double y) {
                  return (static_cast<int>(x) + static_cast<int>(y)) % 2 ? 200.0 : 100.0;
              }}));
    const Picture picture = render(*image, request_for(tile));
    for (const std::uint32_t pixel : picture.pixels)
        ASSERT_NEAR(channel(pixel, 0), 150, 1);
}

TEST(RenderTile, DrawsAHugeSourceWithoutOverviewsFromAPreview) {
    // 36 million pixels are over the window budget, so the whole is drawn from the preview that is made once.
    const TileAddress tile{8, 134, 89, 256};
    auto image = image_of(
        draw({.width = 6000, .height = 6000, .transform = over_tile(tile, 6000), .value = [](int, double x, double) {
                  return x / 6000 * 255;
              }}));
    for (int turn = 0; turn < 2; ++turn) {
        const Picture picture = render(*image, request_for(tile));
        for (int x = 0; x < 256; x += 15)
            ASSERT_NEAR(channel(pixel_at(picture, x, 77), 0), (x + 0.5) / 256 * 255, 2);
    }
}

TEST(RenderTile, ShowsSignedBytesBelowZeroAsDark) {
    const TileAddress tile{8, 134, 89, 256};
    // As GDAL 3.6 stores them: 200 is -56, 56 is 56.
    const DatasetHandle drawn =
        draw({.width = 256, .height = 256, .transform = over_tile(tile, 256), .value = [](int, double x, double) {
                  return x < 128 ? 200 : 56;
              }});
    TemporaryFolder folder;
    write_as(*drawn, folder.path() + "/signed.tif", "GTiff", {"PIXELTYPE=SIGNEDBYTE"});
    auto image = image_of(open_raster(folder.path() + "/signed.tif", "GTiff"));
    Rendering rendering;
    rendering.bands = {1};
    rendering.rescale = {{-56, 56}};
    const Picture picture = render(*image, request_for(tile, rendering));
    EXPECT_NEAR(channel(pixel_at(picture, 60, 60), 0), 0, 1);
    EXPECT_NEAR(channel(pixel_at(picture, 200, 60), 0), 255, 1);
}

TEST(RenderTile, DrawsWhatACameraModelPlaces) {
    TemporaryFolder folder;
    const std::string path = folder.path() + "/camera.tif";
    ASSERT_TRUE(draw_raster(path, camera_picture()));
    auto image = image_of(open_raster(path, "GTiff"));
    const TileAddress tile = {14, 9105, 5560, 256}; // at 20.08 degrees east, 49.95 degrees north
    const Picture picture = render(*image, request_for(tile));
    EXPECT_EQ(count_transparent(picture), 0U);
    EXPECT_EQ(count_transparent(render(*image, request_for({14, 9300, 5560, 256}))), picture.pixels.size());
}

TEST(RenderTile, RefusesWhatHasNoPictureOrNoPlace) {
    Encoder encoder;
    auto nowhere = image_of(draw({.crs = ""}));
    EXPECT_EQ(render_tile(*nowhere, request_for({0, 0, 0, 256}), encoder).error().code, Code::InvalidArgument);
    EXPECT_EQ(SourceImage::make(draw({.type = GDT_CInt16})).error().code, Code::InvalidArgument);
    auto image = image_of(draw({.bands = 2}));
    Rendering rendering;
    rendering.bands = {3};
    EXPECT_EQ(render_tile(*image, request_for({0, 0, 0, 256}, rendering), encoder).error().code, Code::InvalidArgument);
    rendering.bands = {1};
    rendering.colormap = "sepia";
    EXPECT_EQ(render_tile(*image, request_for({0, 0, 0, 256}, rendering), encoder).error().code, Code::InvalidArgument);
}

} // namespace
} // namespace landfall::raster
