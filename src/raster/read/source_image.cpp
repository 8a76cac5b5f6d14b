#include "raster/read/source_image.hpp"

#include "imagery/colors/colormap.hpp"
#include "raster/open/crs.hpp"
#include "raster/read/masks.hpp"
#include "raster/read/pixel_budget.hpp"
#include "raster/vocabulary.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace landfall::raster {

SourceImage::SourceImage(DatasetHandle dataset) : dataset_(std::move(dataset)) {}
SourceImage::~SourceImage() = default;

Result<std::unique_ptr<SourceImage>> SourceImage::make(DatasetHandle dataset) {
    if (!dataset || dataset->GetRasterCount() < 1 || dataset->GetRasterXSize() < 1 || dataset->GetRasterYSize() < 1)
        return fail(Code::InvalidArgument, "The file holds no raster that can be drawn.");
    for (int band = 1; band <= dataset->GetRasterCount(); ++band)
        if (GDALDataTypeIsComplex(dataset->GetRasterBand(band)->GetRasterDataType()))
            return fail(
                Code::InvalidArgument,
                "The file holds complex numbers, which have no picture. Upload its amplitude or phase instead.");
    std::unique_ptr<SourceImage> image(new SourceImage(std::move(dataset)));
    image->find_levels();
    image->find_validity();
    image->find_palette();
    return image;
}

int SourceImage::width() const {
    return dataset_->GetRasterXSize();
}
int SourceImage::height() const {
    return dataset_->GetRasterYSize();
}
int SourceImage::band_count() const {
    return dataset_->GetRasterCount();
}
bool SourceImage::is_byte(int band) const {
    return dataset_->GetRasterBand(band)->GetRasterDataType() == GDT_Byte && !is_signed_byte(band);
}
bool SourceImage::is_signed_byte(int band) const {
    return raster::is_signed_byte(*dataset_->GetRasterBand(band));
}
double SourceImage::band_scale(int band) const {
    return dataset_->GetRasterBand(band)->GetScale();
}
double SourceImage::band_offset(int band) const {
    return dataset_->GetRasterBand(band)->GetOffset();
}

void SourceImage::find_levels() {
    levels_.push_back({-1, false, width(), height(), 1, 1});
    GDALRasterBand* const first = dataset_->GetRasterBand(1);
    for (int i = 0; i < first->GetOverviewCount(); ++i) {
        GDALRasterBand* const overview = first->GetOverview(i);
        if (!overview || overview->GetXSize() < 1 || overview->GetYSize() < 1)
            continue;
        const int w = overview->GetXSize(), h = overview->GetYSize();
        bool complete = w < width() && h <= height();
        for (int band = 2; band <= band_count() && complete; ++band) {
            GDALRasterBand* const other = dataset_->GetRasterBand(band)->GetOverview(i);
            complete = other && other->GetXSize() == w && other->GetYSize() == h;
        }
        if (complete)
            levels_.push_back({i, false, w, h, static_cast<double>(width()) / w, static_cast<double>(height()) / h});
    }
    std::sort(levels_.begin(), levels_.end(), [](const Level& a, const Level& b) { return a.width > b.width; });
}

void SourceImage::find_validity() {
    alpha_band_ = raster::alpha_band(*dataset_);
    const int flags = dataset_->GetRasterBand(1)->GetMaskFlags();
    has_mask_ = alpha_band_ == 0 && (flags & GMF_PER_DATASET) != 0 && (flags & GMF_ALPHA) == 0;
    has_own_masks_ = alpha_band_ == 0 && has_own_mask(*dataset_->GetRasterBand(1));
}

void SourceImage::find_palette() {
    const GDALColorTable* const table = dataset_->GetRasterBand(1)->GetColorTable();
    if (!table)
        return;
    const int count = std::min(table->GetColorEntryCount(), 65'536);
    for (int i = 0; i < count; ++i) {
        const GDALColorEntry* const entry = table->GetColorEntry(i);
        const auto byte = [](short value) { return static_cast<std::uint32_t>(std::clamp<int>(value, 0, 255)); };
        palette_.emplace_back(i, rgba(byte(entry->c1), byte(entry->c2), byte(entry->c3), byte(entry->c4)));
    }
}

Result<const SourceMapping*> SourceImage::mapping(const std::string& crs) {
    constexpr std::size_t kMost = 4;
    if (crs.empty())
        return nullptr;
    if (const auto known = mappings_.find(crs); known != mappings_.end())
        return known->second.get();
    TRY(auto made, SourceMapping::make(*dataset_, crs));
    if (mappings_.size() >= kMost)
        mappings_.erase(mappings_.begin());
    return (mappings_[crs] = std::move(made)).get();
}

Result<Grid> SourceImage::grid() const {
    Grid own{.width = width(), .height = height()};
    const OGRSpatialReference* const crs = dataset_->GetSpatialRef();
    if (crs == nullptr || crs->IsEmpty() != 0 || dataset_->GetGeoTransform(own.transform.data()) != CE_None)
        return fail(Code::InvalidArgument, "The file has no coordinate reference system or no affine georeference, so "
                                           "its pixels have no grid on the ground.");
    if (!crs_wkt_)
        crs_wkt_ = describe_crs(*crs).wkt;
    own.crs = *crs_wkt_;
    return own;
}

std::array<int, 2> SourceImage::block_size() const {
    int across = 1, down = 1;
    dataset_->GetRasterBand(1)->GetBlockSize(&across, &down);
    return {std::clamp(across, 1, width()), std::clamp(down, 1, height())};
}

std::size_t SourceImage::sample_bytes(int band) const {
    return static_cast<std::size_t>(GDALGetDataTypeSizeBytes(dataset_->GetRasterBand(band)->GetRasterDataType()));
}

const Level& SourceImage::choose_level(double scale) const {
    const Level* chosen = &levels_.front();
    for (const Level& level : levels_)
        if (std::sqrt(level.scale_x * level.scale_y) <= scale * kLevelTolerance)
            chosen = &level;
    return *chosen;
}

GDALRasterBand* SourceImage::band_at(int band, const Level& level) const {
    GDALRasterBand* const full = dataset_->GetRasterBand(band);
    return level.overview < 0 ? full : full->GetOverview(level.overview);
}

GDALRasterBand* SourceImage::mask_at(int band, const Level& level) const {
    GDALRasterBand* const mask = dataset_->GetRasterBand(band)->GetMaskBand();
    if (level.overview < 0)
        return mask;
    for (int i = 0; i < mask->GetOverviewCount(); ++i) {
        GDALRasterBand* const overview = mask->GetOverview(i);
        if (overview && overview->GetXSize() == level.width && overview->GetYSize() == level.height)
            return overview;
    }
    return mask;
}

double SourceImage::decoded_pixels(const Level& level, int window_width, int window_height) const {
    int block_width = 1, block_height = 1;
    band_at(1, level)->GetBlockSize(&block_width, &block_height);
    const double columns = std::ceil(static_cast<double>(window_width) / block_width) + 1;
    const double rows = std::ceil(static_cast<double>(window_height) / block_height) + 1;
    const double whole = static_cast<double>(level.width) * level.height;
    return std::min(columns * block_width * rows * block_height, whole + block_width * block_height);
}

Result<PixelWindow> SourceImage::read(const ReadSpec& spec, const SourceRect& rect, double scale) {
    const Level& level = choose_level(scale);
    const double w = (rect.max_x - rect.min_x) / level.scale_x, h = (rect.max_y - rect.min_y) / level.scale_y;
    const double decoded =
        decoded_pixels(level, static_cast<int>(std::min(w + 4, 1e9)), static_cast<int>(std::min(h + 4, 1e9)));
    if (w * h > kMaxWindowPixels || (w * h > kAlwaysReadPixels && decoded > kMaxDecodedPixels))
        return read_preview(spec, rect);
    return read_level(spec, level, rect, scale);
}

Result<PixelWindow> SourceImage::sample(const ReadSpec& spec, int side) {
    const double scale = std::max(1.0, static_cast<double>(std::max(width(), height())) / side);
    return read(spec, {0, 0, static_cast<double>(width()), static_cast<double>(height())}, scale);
}

Result<SourceImage::Range> SourceImage::remembered_range(const std::string& key,
                                                         const std::function<Result<Range>()>& find) {
    constexpr std::size_t kMaxRemembered = 256;
    if (const auto known = ranges_.find(key); known != ranges_.end())
        return known->second;
    TRY(const Range range, find());
    if (ranges_.size() >= kMaxRemembered)
        ranges_.erase(ranges_.begin());
    ranges_[key] = range;
    return range;
}

Result<PixelWindow> SourceImage::read_preview(const ReadSpec& spec, const SourceRect& /*rect*/) {
    constexpr std::size_t kMaxPreviews = 4;
    std::string key = fmt::format("{}{}{}{}", spec.categorical, spec.every_band, spec.as_float, spec.alpha_is_data);
    for (const int band : spec.bands)
        key += fmt::format(",{}", band);
    if (spec.nodata)
        key += fmt::format(";{}", *spec.nodata);
    if (spec.alpha_p98)
        key += fmt::format("/{}", *spec.alpha_p98);
    if (const auto known = previews_.find(key); known != previews_.end())
        return known->second;
    const Level& level = levels_.back();
    const double longest = std::max(level.width, level.height);
    const int factor = std::max(1, static_cast<int>(std::ceil(longest / kPreviewSide)));
    PixelWindow window;
    window.width = (level.width + factor - 1) / factor;
    window.height = (level.height + factor - 1) / factor;
    window.scale_x = level.scale_x * factor;
    window.scale_y = level.scale_y * factor;
    CHECK_OK(read_reduced(spec, level, {0, 0, factor}, window));
    if (previews_.size() >= kMaxPreviews)
        previews_.erase(previews_.begin());
    previews_[key] = window;
    return window;
}

} // namespace landfall::raster
