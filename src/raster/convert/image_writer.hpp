#pragma once
/// Images as a GeoTIFF, part by part.

#include "raster/open/drivers.hpp"
#include "raster/read/image.hpp"
#include "raster/read/source_image.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::raster {

/// How a file tells which of its pixels are missing.
struct Validity {
    std::optional<double> nodata; ///< of all bands
    bool has_mask = false;        ///< an internal mask for all bands
    int alpha = 0;                ///< the plane (from 1) that is an alpha band; 0: none
    bool marks_missing = false;   ///< missing pixels get the nodata value, whatever theirs is
};

/// What a file is to hold.
struct Layout {
    Grid grid;
    std::vector<int>
        bands; ///< of the source, one a plane: their names, colours, scales and units go along; may be empty
    int planes = 1;
    std::string type; ///< GDAL's name, of all planes
    bool is_signed_byte = false;
    Validity validity;
};

/// The layout of some bands of a source on a grid: their common type and validity. `valid`: the least and greatest
/// valid values, asked for only where bands mark missing pixels by different values.
Layout layout_of(SourceImage& source, const std::vector<int>& bands, const Grid& grid, bool alpha_is_data);
/// Whether such a layout needs to know the extremes of the valid values, and settles it by them.
bool needs_extremes(const Layout& layout);
void settle_by_extremes(SourceImage& source, const std::array<double, 2>& valid, Layout& layout);

/// Writes a tiled file of its own; one thread at a time.
class ImageWriter {
public:
    /// `source`: whose bands' descriptions are taken over; null for computed planes. Internal if GDAL refuses.
    static Result<ImageWriter> make(const std::string& path, const Layout& layout, SourceImage* source);

    /// Writes a part at a column and row. Pixels whose mask hides them keep their bits unless `blank` (one byte a
    /// pixel, may be empty) is not 0 there: those get the nodata value, or 0. Internal if the disk is full.
    Status write(const Image& part, int column, int row, const Mask& blank);

    /// Opens what was written, to be read.
    Result<DatasetHandle> finish();

private:
    ImageWriter(std::string path, Layout layout, DatasetHandle file);
    std::string path_;
    Layout layout_;
    DatasetHandle file_;
};

} // namespace landfall::raster
