#pragma once
/// Rasters in memory drawn by the tests of rendering, and pictures read back.

#include "imagery/colors/colormap.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

#include <gdal_priv.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace landfall::raster::testing {

struct TileAddress {
    int z = 0;
    std::int64_t x = 0, y = 0;
    int size = 256;
};

struct Drawn {
    int width = 256, height = 256, bands = 1;
    GDALDataType type = GDT_Byte;
    std::string crs = "EPSG:3857";
    std::array<double, 6> transform = {0, 1, 0, 0, 0, -1};
    std::function<double(int band, double x, double y)> value; ///< at pixel centres, band from 1
};

/// A dataset in memory.
DatasetHandle draw(const Drawn& drawn);

/// Writes a dataset as a file of the driver.
void write_as(GDALDataset& dataset, const std::string& path, const char* driver,
              const std::vector<std::string>& options = {});

/// A transform that puts `width` pixels over the whole of a Web Mercator tile.
std::array<double, 6> over_tile(const TileAddress& tile, int width);

/// Decodes PNG, WebP or JPEG to RGBA.
Picture decode(const std::string& bytes);

inline int channel(std::uint32_t pixel, int index) {
    return static_cast<int>(pixel >> (8 * index) & 255);
}
inline std::uint32_t pixel_at(const Picture& picture, int x, int y) {
    return picture
        .pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)];
}
std::size_t count_transparent(const Picture& picture);

/// A file of the real test data, or nothing when they are not there.
std::optional<std::string> real_file(const std::string& name);

/// A private folder that is removed with its files.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::unique_ptr<SourceImage> image_of(DatasetHandle dataset);

/// The tile that holds the centre of a dataset, at the zoom where a tile pixel is closest to `ratio` source pixels.
TileAddress tile_over(GDALDataset& dataset, double ratio);

} // namespace landfall::raster::testing
