/// Tiles a second of processor time on one thread, beside GDAL's warper and PNG driver in the same run. The source is
/// synthetic: UTM, 8-bit RGB, cloud-optimized. Read the figures as ratios. Usage: tile_bench FILE [TILES]; a missing
/// FILE is made.

#include "raster/draw/render_tile.hpp"

#include <gdal_priv.h>
#include <gdal_utils.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>

namespace {

using namespace landfall::raster;

constexpr double kHalfWorld = 20037508.342789244;
constexpr int kSide = 10'000;

/// Terrain-like waves with sensor noise, so that compression has honest work.
void make_source(const std::string& path) {
    DatasetHandle raw(GetGDALDriverManager()->GetDriverByName("MEM")->Create("", kSide, kSide, 3, GDT_Byte, nullptr));
    double transform[] = {400'000, 1, 0, 5'300'000, 0, -1};
    raw->SetGeoTransform(transform);
    OGRSpatialReference crs;
    crs.importFromEPSG(32633);
    raw->SetSpatialRef(&crs);
    std::mt19937 random(7);
    std::vector<std::uint8_t> row(kSide);
    for (int band = 1; band <= 3; ++band)
        for (int y = 0; y < kSide; ++y) {
            for (int x = 0; x < kSide; ++x) {
                const double wave =
                    std::sin(x * 0.011 * band) * std::cos(y * 0.017) * 60 + std::sin((x + y) * 0.002) * 40;
                row[static_cast<std::size_t>(x)] =
                    static_cast<std::uint8_t>(120 + wave + static_cast<double>(random() % 9));
            }
            if (raw->GetRasterBand(band)->RasterIO(GF_Write, 0, y, kSide, 1, row.data(), kSide, 1, GDT_Byte, 0, 0,
                                                   nullptr) != CE_None)
                return;
        }
    char** options = nullptr;
    for (const char* option : {"COMPRESS=ZSTD", "LEVEL=1", "PREDICTOR=YES", "BLOCKSIZE=256", "NUM_THREADS=2"})
        options = CSLAddString(options, option);
    DatasetHandle(GetGDALDriverManager()->GetDriverByName("COG")->CreateCopy(path.c_str(), raw.get(), FALSE, options,
                                                                             nullptr, nullptr));
    CSLDestroy(options);
}

std::vector<TileRequest> random_tiles(SourceImage& image, int count) {
    std::mt19937 random(11);
    std::uniform_real_distribution<double> anywhere(600, kSide - 600);
    OGRSpatialReference map, source(*image.dataset().GetSpatialRef());
    map.importFromEPSG(3857);
    map.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    source.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    const auto transform =
        std::unique_ptr<OGRCoordinateTransformation>(OGRCreateCoordinateTransformation(&source, &map));
    std::vector<TileRequest> tiles;
    for (int i = 0; i < count; ++i) {
        double x = 400'000 + anywhere(random), y = 5'300'000 - anywhere(random);
        transform->Transform(1, &x, &y);
        TileRequest tile;
        tile.z = 16 + static_cast<int>(random() % 2);
        const double side = 2 * kHalfWorld / std::pow(2.0, tile.z);
        tile.x = static_cast<std::int64_t>((x + kHalfWorld) / side);
        tile.y = static_cast<std::int64_t>((kHalfWorld - y) / side);
        tiles.push_back(tile);
    }
    return tiles;
}

template<typename Function>
double tiles_per_second(const std::vector<TileRequest>& tiles, Function draw) {
    GDALFlushCacheBlock();
    std::size_t bytes = 0;
    const std::clock_t start = std::clock();
    for (const TileRequest& tile : tiles)
        bytes += draw(tile);
    const double spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("   %7.1f KB a tile ", static_cast<double>(bytes) / 1024 / static_cast<double>(tiles.size()));
    return static_cast<double>(tiles.size()) / spent;
}

std::size_t warp_with_gdal(GDALDataset& dataset, const TileRequest& tile, const char* level) {
    const double side = 2 * kHalfWorld / std::pow(2.0, tile.z);
    const double west = -kHalfWorld + static_cast<double>(tile.x) * side,
                 north = kHalfWorld - static_cast<double>(tile.y) * side;
    char** words = nullptr;
    for (const std::string& word :
         {std::string("-of"), std::string("MEM"), std::string("-t_srs"), std::string("EPSG:3857"), std::string("-te"),
          std::to_string(west), std::to_string(north - side), std::to_string(west + side), std::to_string(north),
          std::string("-ts"), std::string("256"), std::string("256"), std::string("-r"), std::string("bilinear")})
        words = CSLAddString(words, word.c_str());
    GDALWarpAppOptions* options = GDALWarpAppOptionsNew(words, nullptr);
    CSLDestroy(words);
    GDALDatasetH source = &dataset;
    const DatasetHandle warped(GDALDataset::FromHandle(GDALWarp("", nullptr, 1, &source, options, nullptr)));
    GDALWarpAppOptionsFree(options);
    char** png = CSLSetNameValue(nullptr, "ZLEVEL", level);
    DatasetHandle(GetGDALDriverManager()->GetDriverByName("PNG")->CreateCopy("/vsimem/tile.png", warped.get(), FALSE,
                                                                             png, nullptr, nullptr));
    CSLDestroy(png);
    VSIStatBufL status{};
    if (VSIStatL("/vsimem/tile.png", &status) != 0)
        return 0;
    VSIUnlink("/vsimem/tile.png");
    return static_cast<std::size_t>(status.st_size);
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2)
        return 2;
    register_drivers();
    const std::string path = arguments[1];
    if (!std::filesystem::exists(path))
        make_source(path);
    auto image = SourceImage::make(open_raster(path, "GTiff"));
    if (!image)
        return 1;
    const auto tiles = random_tiles(**image, count > 2 ? std::atoi(arguments[2]) : 300);
    Encoder encoder;
    const auto ours = [&](TileFormat format, int quality) {
        return tiles_per_second(tiles, [&](TileRequest tile) {
            tile.format = format;
            tile.quality = quality;
            const auto drawn = render_tile(**image, tile, encoder);
            return drawn ? drawn->bytes.size() : 0;
        });
    };
    for (int round = 0; round < 2; ++round) {
        std::printf("png %.0f tiles/s\n", ours(TileFormat::Png, 0));
        std::printf("webp 82 %.0f tiles/s\n", ours(TileFormat::Webp, 82));
        std::printf("jpeg 80 %.0f tiles/s\n", ours(TileFormat::Jpeg, 80));
        std::printf("no encoding %.0f tiles/s\n", tiles_per_second(tiles, [&](const TileRequest& tile) {
                        const auto drawn = draw_tile(**image, tile);
                        return drawn ? drawn->pixels.size() : 0;
                    }));
        std::printf("gdal warp + png level 1 %.0f tiles/s\n", tiles_per_second(tiles, [&](const TileRequest& tile) {
                        return warp_with_gdal((*image)->dataset(), tile, "1");
                    }));
        std::printf("gdal warp + png level 6 %.0f tiles/s\n", tiles_per_second(tiles, [&](const TileRequest& tile) {
                        return warp_with_gdal((*image)->dataset(), tile, "6");
                    }));
    }
}
