#pragma once
/// An open raster prepared for drawing: its levels of detail, its validity, and windows of its pixels.

#include "raster/open/drivers.hpp"
#include "raster/read/image.hpp"
#include "raster/read/warp_grid.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>

class GDALRasterBand;

namespace landfall::raster {

/// One resolution of a source. `scale`: source pixels per level pixel.
struct Level {
    int overview = -1;    ///< GDAL's overview index; -1: full resolution
    bool preview = false; ///< the decimated copy in memory
    int width = 0, height = 0;
    double scale_x = 1, scale_y = 1;
};

/// A rectangle of pixels with their validity. Either `bytes` (8-bit sources) or `planes` is filled.
struct PixelWindow {
    double origin_x = 0, origin_y = 0; ///< upper left corner in source pixels
    double scale_x = 1, scale_y = 1;   ///< source pixels per window pixel
    int width = 0, height = 0;
    /// Red, green, blue, validity from the lowest byte up; one band: in the lowest byte.
    std::vector<std::uint32_t> bytes;
    std::vector<std::vector<float>> planes;
    std::vector<std::uint8_t> validity; ///< for planes: 0 invalid … 255 valid or opaque
    bool soft = false;                  ///< validity is an alpha band with shades
    std::size_t pixels() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
};

/// What to read.
struct ReadSpec {
    std::vector<int> bands;          ///< 1-based, distinct or not
    std::optional<double> nodata;    ///< instead of the file's
    bool categorical = false;        ///< never mix values
    bool every_band = false;         ///< a pixel is valid only if all bands are; else if any is (and all are numbers)
    bool as_float = false;           ///< planes even for 8-bit sources
    std::optional<double> alpha_p98; ///< of the alpha band, if known
    bool alpha_is_data = false;      ///< it hides nothing
};

struct SourceRect {
    double min_x = 0, min_y = 0, max_x = 0, max_y = 0; ///< source pixels
};

/// Whole pixels of a level.
struct LevelRect {
    int x = 0, y = 0, width = 0, height = 0;
};

/// Owns the dataset. One thread at a time.
class SourceImage {
public:
    /// InvalidArgument if there is no band or a band is of a complex type.
    static Result<std::unique_ptr<SourceImage>> make(DatasetHandle dataset);
    ~SourceImage();

    GDALDataset& dataset() { return *dataset_; }
    int width() const;
    int height() const;
    int band_count() const;
    bool is_byte(int band) const; ///< unsigned
    bool is_signed_byte(int band) const;
    int alpha_band() const { return alpha_band_; } ///< 0: none
    /// The colour table of the first band as value and colour; empty if it has none.
    const std::vector<std::pair<int, std::uint32_t>>& palette() const { return palette_; }
    double band_scale(int band) const;
    double band_offset(int band) const;
    /// From a reference system to its pixels; null for an empty one, which means the pixels themselves. A few are kept.
    /// InvalidArgument as SourceMapping::make says.
    Result<const SourceMapping*> mapping(const std::string& crs);
    /// Its own pixels on the ground. InvalidArgument without a reference system or an affine transform, for what has
    /// ground control points only.
    Result<Grid> grid() const;

    /// Reads the rectangle (grown by two pixels, cut to the source) at the level that suits `scale` source pixels per
    /// output pixel. Averages, or skips for categorical data, when no level is coarse enough; a rectangle that would
    /// need more than the pixel budget comes from a preview that is made once. Internal or InvalidArgument if pixels
    /// can't be decoded.
    Result<PixelWindow> read(const ReadSpec& spec, const SourceRect& rect, double scale);

    /// The pixels of a window within the full resolution as they are: bit for bit, in the bands' own types, with a mask
    /// of each band where they differ. Nodata, NaN and infinities, masks and alpha hide; an alpha band that is asked
    /// for itself is hidden by none. InvalidArgument if pixels can't be decoded, Internal for a window beyond the
    /// image.
    Result<Image> read_exact(const ReadSpec& spec, const LevelRect& window);
    /// Pixels a side of what the file decodes at once: width, height.
    std::array<int, 2> block_size() const;
    /// Of one pixel of a band, bytes.
    std::size_t sample_bytes(int band) const;

    /// The whole image on at most `side` pixels a side, coarse: for statistics of a sample.
    Result<PixelWindow> sample(const ReadSpec& spec, int side);

    /// A 2nd and 98th percentile that was found for `key` before, found by `find` otherwise; a bounded cache.
    using Range = std::array<double, 2>;
    Result<Range> remembered_range(const std::string& key, const std::function<Result<Range>()>& find);

private:
    struct Preview;
    explicit SourceImage(DatasetHandle dataset);
    void find_levels();
    void find_validity();
    void find_palette();
    const Level& choose_level(double scale) const;
    double decoded_pixels(const Level& level, int width, int height) const;
    GDALRasterBand* band_at(int band, const Level& level) const;
    GDALRasterBand* mask_at(int band, const Level& level) const;
    /// The band whose values tell the validity of others' pixels; 0 without one.
    int alpha_of(const ReadSpec& spec) const { return spec.alpha_is_data ? 0 : alpha_band_; }
    /// The value that marks missing pixels: the wanted one, else the band's own unless a mask outranks it.
    std::optional<double> nodata_of(int band, const ReadSpec& spec) const;
    Result<PixelWindow> read_level(const ReadSpec& spec, const Level& level, const SourceRect& rect, double scale);
    Status read_bytes(const ReadSpec& spec, const Level& level, const std::array<int, 2>& origin, PixelWindow& window);
    /// Marks as missing what the band's own mask hides.
    Status hide_by_own_mask(int band, const Level& level, const LevelRect& from, const PixelWindow& window,
                            std::vector<std::uint8_t>& missing) const;
    /// `window` may have fewer pixels than `from`: then GDAL decimates.
    Status read_planes(const ReadSpec& spec, const Level& level, const LevelRect& from, PixelWindow& window);
    /// What hides pixels of all bands: alpha or the dataset's mask.
    Result<Mask> read_mask(const ReadSpec& spec, const LevelRect& window);
    int decimation(const ReadSpec& spec, const Level& level, int factor) const;
    Status read_reduced(const ReadSpec& spec, const Level& level, const std::array<int, 3>& origin_factor,
                        PixelWindow& window);
    Result<PixelWindow> read_preview(const ReadSpec& spec, const SourceRect& rect);

    DatasetHandle dataset_;
    std::vector<Level> levels_;                  ///< finest first
    mutable std::optional<std::string> crs_wkt_; ///< of the file, once it was asked for
    int alpha_band_ = 0;
    bool has_mask_ = false;      ///< one for all bands
    bool has_own_masks_ = false; ///< each band its own
    std::vector<std::pair<int, std::uint32_t>> palette_;
    std::map<std::string, std::unique_ptr<SourceMapping>> mappings_; ///< by reference system
    std::map<std::string, Range> ranges_;
    std::map<std::string, PixelWindow> previews_;
};

} // namespace landfall::raster
