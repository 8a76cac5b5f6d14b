#include "raster/probe/block_scan.hpp"

#include "raster/measure/statistics.hpp"
#include "raster/open/drivers.hpp"
#include "raster/probe/bands.hpp"
#include "raster/read/masks.hpp"
#include "raster/read/nodata.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kChunkPixels = 1 << 19;
constexpr std::uint64_t kKeptValues = 12U << 20U; ///< of all bands together, 96 MiB
constexpr int kCachedBands = 100; ///< GDAL keeps all bands of a pixel-interleaved block only for about so many
constexpr std::int64_t kOverviewPixels = 512LL * 512;

struct Window {
    int x = 0, y = 0, width = 0, height = 0;
};

/// How a band's pixels are read and which of them count.
struct BandReader {
    GDALRasterBand* band = nullptr;
    GDALRasterBand* mask = nullptr;  ///< null: no mask beside nodata
    GDALDataType type = GDT_Float64; ///< of the buffer
    bool is_signed_byte = false;
    std::optional<NodataRange> nodata;
    bool skip = false; ///< complex: decoded for damage only
    BandSummary summary;
};

bool is_counted(const BandFacts& facts) {
    return facts.data_type == "uint8" || facts.data_type == "int8" || facts.data_type == "uint16" ||
           facts.data_type == "int16";
}

ValueRange range_of(const BandFacts& facts) {
    if (facts.data_type == "int8")
        return {-128, 256};
    if (facts.data_type == "uint8")
        return {0, 256};
    return {facts.data_type == "int16" ? -32768 : 0, 65536};
}

std::optional<NodataRange> nodata_of(const BandFacts& facts) {
    if (!facts.nodata)
        return std::nullopt;
    return nodata_range(*facts.nodata, facts.data_type.starts_with("float"));
}

class Scanner {
public:
    Scanner(GDALDataset& dataset, const std::vector<BandFacts>& bands, const Progress& progress)
        : dataset_(dataset), bands_(bands), progress_(progress) {}

    /// Prepares to read from the full resolution (level < 0) or from an overview.
    void begin(int level, std::uint64_t pixels) {
        readers_.clear();
        const bool keep = pixels * bands_.size() <= kKeptValues;
        const BandSummary::Kind other = keep ? BandSummary::Kind::Kept : BandSummary::Kind::Binned;
        for (std::size_t i = 0; i < bands_.size(); ++i) {
            const BandFacts& facts = bands_[i];
            GDALRasterBand* const full = dataset_.GetRasterBand(static_cast<int>(i) + 1);
            GDALRasterBand* const band = level < 0 ? full : full->GetOverview(level);
            const bool counted = is_counted(facts);
            GDALRasterBand* const mask = mask_of(dataset_, static_cast<int>(i) + 1, level);
            // A mask alone tells; alpha hides beside nodata.
            const bool outranked = mask != nullptr && alpha_band(dataset_) == 0;
            BandReader reader{band,
                              mask,
                              counted ? full->GetRasterDataType() : GDT_Float64,
                              facts.data_type == "int8",
                              outranked ? std::nullopt : nodata_of(facts),
                              is_complex(facts),
                              BandSummary(is_complex(facts) ? BandSummary::Kind::Binned
                                          : counted         ? BandSummary::Kind::Counted
                                                            : other,
                                          range_of(facts), static_cast<std::size_t>(pixels))};
            if (reader.skip)
                reader.type = GDT_CFloat64;
            readers_.push_back(std::move(reader));
        }
        width_ = readers_.front().band->GetXSize();
        height_ = readers_.front().band->GetYSize();
        readers_.front().band->GetBlockSize(&block_width_, &block_height_);
    }

    int width() const { return width_; }
    int height() const { return height_; }
    int block_width() const { return block_width_; }
    int block_height() const { return block_height_; }
    std::vector<BandReader>& readers() { return readers_; }

    Status scan(const Window& window) {
        const auto pixels = static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height);
        GDALRasterBand* mask_read = nullptr;
        for (BandReader& reader : readers_) {
            if (reader.mask != nullptr && reader.mask != mask_read) {
                mask_.resize(pixels);
                if (!read(*reader.mask, window, GDT_Byte, mask_.data()))
                    return damaged(*reader.mask, window);
                mask_read = reader.mask;
            }
            const auto size = static_cast<std::size_t>(GDALGetDataTypeSizeBytes(reader.type));
            buffer_.resize(pixels * size);
            if (!read(*reader.band, window, reader.type, buffer_.data()))
                return damaged(*reader.band, window);
            if (!reader.skip)
                take(reader, pixels);
        }
        return {};
    }

    Status report(double share) const {
        if (progress_ && !progress_(share, "reading pixels"))
            return fail(Code::Canceled, "The reading of the file was stopped.");
        return {};
    }

private:
    static bool read(GDALRasterBand& band, const Window& w, GDALDataType type, void* out) {
        QuietErrors errors;
        return band.RasterIO(GF_Read, w.x, w.y, w.width, w.height, out, w.width, w.height, type, 0, 0, nullptr) ==
                   CE_None &&
               !errors.failed();
    }

    /// Names the first native block of a window that cannot be read.
    tl::unexpected<Error> damaged(GDALRasterBand& band, const Window& window) const {
        int across = 1;
        int down = 1;
        band.GetBlockSize(&across, &down);
        int column = window.x / across;
        int row = window.y / down;
        const bool one = window.width <= across && window.height <= down;
        for (int y = row; !one && y * down < window.y + window.height; ++y) {
            for (int x = column; x * across < window.x + window.width; ++x) {
                QuietErrors errors;
                const Window block = {x * across, y * down, std::min(across, band.GetXSize() - x * across),
                                      std::min(down, band.GetYSize() - y * down)};
                std::vector<double> values(static_cast<std::size_t>(block.width) *
                                           static_cast<std::size_t>(block.height));
                if (read(band, block, GDT_Float64, values.data()))
                    continue;
                return name_block(x, y);
            }
        }
        return name_block(column, row);
    }

    static tl::unexpected<Error> name_block(int column, int row) {
        return fail(Code::InvalidArgument,
                    fmt::format("The file is damaged: the block in column {}, row {} of its block grid cannot be "
                                "decoded. Upload it again, or write it anew with gdal_translate.",
                                column, row));
    }

    template<typename T>
    void count(BandReader& reader, std::size_t pixels) {
        const T* const values = reinterpret_cast<const T*>(buffer_.data());
        const std::span<std::uint32_t> counters = reader.summary.counters();
        const int lowest = reader.summary.range().lowest;
        if (reader.mask == nullptr) {
            for (std::size_t i = 0; i < pixels; ++i)
                ++counters[static_cast<std::size_t>(static_cast<int>(values[i]) - lowest)];
        } else {
            for (std::size_t i = 0; i < pixels; ++i)
                counters[static_cast<std::size_t>(static_cast<int>(values[i]) - lowest)] += mask_[i] != 0 ? 1 : 0;
        }
        if (!reader.nodata)
            return;
        const double nodata = reader.nodata->low;
        if (std::trunc(nodata) == nodata && nodata >= lowest && nodata < lowest + static_cast<double>(counters.size()))
            counters[static_cast<std::size_t>(static_cast<int>(nodata) - lowest)] = 0;
    }

    void gather(BandReader& reader, std::size_t pixels) {
        const auto* const values = reinterpret_cast<const double*>(buffer_.data());
        valid_.clear();
        for (std::size_t i = 0; i < pixels; ++i) {
            const double value = values[i];
            if (std::isfinite(value) && (!reader.nodata || !reader.nodata->holds(value)) &&
                (reader.mask == nullptr || mask_[i] != 0))
                valid_.push_back(value);
        }
        reader.summary.add(valid_);
    }

    void take(BandReader& reader, std::size_t pixels) {
        reader.summary.add_seen(pixels);
        if (reader.type == GDT_Byte && reader.is_signed_byte)
            count<std::int8_t>(reader, pixels);
        else if (reader.type == GDT_Byte)
            count<std::uint8_t>(reader, pixels);
        else if (reader.type == GDT_UInt16)
            count<std::uint16_t>(reader, pixels);
        else if (reader.type == GDT_Int16)
            count<std::int16_t>(reader, pixels);
        else
            gather(reader, pixels);
    }

    GDALDataset& dataset_;
    const std::vector<BandFacts>& bands_;
    const Progress& progress_;
    std::vector<BandReader> readers_;
    int width_ = 0, height_ = 0, block_width_ = 1, block_height_ = 1;
    std::vector<std::uint8_t> buffer_, mask_;
    std::vector<double> valid_;
};

/// Windows of whole blocks, about kChunkPixels each, in the order of the file.
class Windows {
public:
    Windows(const Scanner& scanner, bool single_blocks) : scanner_(scanner) {
        step_x_ = scanner.block_width();
        step_y_ = scanner.block_height();
        if (single_blocks)
            return;
        const auto grow = [](int step, int end, std::int64_t other) {
            const std::int64_t wanted =
                std::max<std::int64_t>(1, kChunkPixels / std::max<std::int64_t>(1, other * step));
            return static_cast<int>(std::min<std::int64_t>(end, wanted * step));
        };
        step_x_ = std::max(step_x_, grow(step_x_, scanner.width(), step_y_));
        if (step_x_ >= scanner.width())
            step_y_ = std::max(step_y_, grow(step_y_, scanner.height(), scanner.width()));
    }

    std::int64_t columns() const { return (scanner_.width() + std::int64_t{step_x_} - 1) / step_x_; }
    std::int64_t rows() const { return (scanner_.height() + std::int64_t{step_y_} - 1) / step_y_; }
    Window at(std::int64_t column, std::int64_t row) const {
        const auto x = static_cast<int>(column * step_x_);
        const auto y = static_cast<int>(row * step_y_);
        return {x, y, std::min(step_x_, scanner_.width() - x), std::min(step_y_, scanner_.height() - y)};
    }
    std::uint64_t pixels() const { return static_cast<std::uint64_t>(step_x_) * static_cast<std::uint64_t>(step_y_); }

private:
    const Scanner& scanner_;
    int step_x_ = 1, step_y_ = 1;
};

bool wants_single_blocks(GDALDataset& dataset) {
    const char* const interleave = dataset.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE");
    return interleave != nullptr && std::string_view(interleave) == "PIXEL" && dataset.GetRasterCount() > kCachedBands;
}

void finish(Scanner& scanner, ScanResult& result) {
    result.statistics.clear();
    result.distinct.clear();
    for (BandReader& reader : scanner.readers()) {
        auto statistics = reader.skip ? std::nullopt : reader.summary.finish();
        if (statistics)
            statistics->exact = !result.sampled;
        result.statistics.push_back(statistics);
        result.distinct.push_back(reader.summary.distinct());
    }
}

/// True if everything was decoded in time; then the scanner holds it.
Result<bool> scan_all(Scanner& scanner, GDALDataset& dataset, std::chrono::milliseconds time) {
    const auto deadline = Clock::now() + time;
    scanner.begin(-1, static_cast<std::uint64_t>(dataset.GetRasterXSize()) *
                          static_cast<std::uint64_t>(dataset.GetRasterYSize()));
    const Windows windows(scanner, wants_single_blocks(dataset));
    for (std::int64_t row = 0; row < windows.rows(); ++row) {
        for (std::int64_t column = 0; column < windows.columns(); ++column) {
            if (Clock::now() > deadline)
                return false;
            CHECK_OK(scanner.scan(windows.at(column, row)));
        }
        CHECK_OK(scanner.report(static_cast<double>(row + 1) / static_cast<double>(windows.rows())));
    }
    return true;
}

/// The smallest overview with enough pixels for good percentiles; -1 without one.
int choose_overview(GDALDataset& dataset) {
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    int best = -1;
    std::int64_t best_pixels = 0;
    for (int i = 0; i < band.GetOverviewCount(); ++i) {
        GDALRasterBand* const overview = band.GetOverview(i);
        if (overview == nullptr)
            continue;
        const std::int64_t pixels = std::int64_t{overview->GetXSize()} * overview->GetYSize();
        const bool enough = pixels >= kOverviewPixels && pixels <= kOverviewPixels * 64;
        if (enough && (best < 0 || pixels < best_pixels)) {
            best = i;
            best_pixels = pixels;
        }
    }
    return best;
}

bool all_have_overview(GDALDataset& dataset, std::size_t bands, int level) {
    for (std::size_t i = 1; i <= bands; ++i)
        if (dataset.GetRasterBand(static_cast<int>(i))->GetOverviewCount() <= level ||
            dataset.GetRasterBand(static_cast<int>(i))->GetOverview(level) == nullptr)
            return false;
    return true;
}

/// Blocks spread evenly over the grid, in the order of the file, without repetition.
Status scan_spread(Scanner& scanner, const ScanBudgets& budgets, std::size_t bands) {
    scanner.begin(-1, budgets.sample_bytes);
    const Windows windows(scanner, true);
    const std::int64_t total = windows.columns() * windows.rows();
    const std::uint64_t window_bytes = std::max<std::uint64_t>(1, windows.pixels() * bands);
    const auto affordable = static_cast<std::int64_t>(std::max<std::uint64_t>(1, budgets.sample_bytes / window_bytes));
    std::int64_t wanted = std::min({total, affordable, std::max<std::int64_t>(budgets.sample_blocks, 1)});
    // Strips are thin: more of them cost no more.
    constexpr std::int64_t kThin = 1 << 16;
    if (static_cast<std::int64_t>(windows.pixels()) < kThin)
        wanted = std::min({total, affordable, wanted * 4});
    const auto deadline = Clock::now() + budgets.full_time;
    for (std::int64_t i = 0; i < wanted && Clock::now() < deadline; ++i) {
        // The golden ratio moves the column from row to row, so that no column is looked at twice too often.
        const std::int64_t index = wanted == total ? i : (i * total + total / 2) / wanted;
        const std::int64_t row = index / windows.columns();
        const auto turn = static_cast<std::int64_t>(0.6180339887 * static_cast<double>(windows.columns()) *
                                                    static_cast<double>(row % 1024));
        const std::int64_t column = wanted == total ? index % windows.columns() : (index + turn) % windows.columns();
        CHECK_OK(scanner.scan(windows.at(column, row)));
        CHECK_OK(scanner.report(static_cast<double>(i + 1) / static_cast<double>(wanted)));
    }
    return {};
}

/// True if an overview gives better statistics than spread blocks do; then the scanner holds it.
Result<bool> scan_overview(Scanner& scanner, GDALDataset& dataset, std::size_t bands) {
    const int level = choose_overview(dataset);
    if (level < 0 || !all_have_overview(dataset, bands, level))
        return false;
    GDALRasterBand* const overview = dataset.GetRasterBand(1)->GetOverview(level);
    scanner.begin(level,
                  static_cast<std::uint64_t>(overview->GetXSize()) * static_cast<std::uint64_t>(overview->GetYSize()));
    const Windows windows(scanner, wants_single_blocks(dataset));
    for (std::int64_t row = 0; row < windows.rows(); ++row)
        for (std::int64_t column = 0; column < windows.columns(); ++column)
            CHECK_OK(scanner.scan(windows.at(column, row)));
    return true;
}

} // namespace

std::uint64_t decoded_bytes(GDALDataset& dataset, const std::vector<BandFacts>& bands) {
    const auto pixels =
        static_cast<std::uint64_t>(dataset.GetRasterXSize()) * static_cast<std::uint64_t>(dataset.GetRasterYSize());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < bands.size(); ++i)
        bytes += pixels * static_cast<std::uint64_t>(GDALGetDataTypeSizeBytes(
                              dataset.GetRasterBand(static_cast<int>(i) + 1)->GetRasterDataType()));
    return bytes;
}

Result<ScanResult> scan_raster(GDALDataset& dataset, const std::vector<BandFacts>& bands, const ScanBudgets& budgets,
                               const Progress& progress) {
    const QuietErrors quiet;
    Scanner scanner(dataset, bands, progress);
    ScanResult result;
    if (decoded_bytes(dataset, bands) <= budgets.full_bytes) {
        TRY(const bool complete, scan_all(scanner, dataset, budgets.full_time));
        if (complete) {
            finish(scanner, result);
            return result;
        }
    }
    result.sampled = true;
    CHECK_OK(scan_spread(scanner, budgets, bands.size()));
    finish(scanner, result);
    TRY(const bool better, scan_overview(scanner, dataset, bands.size()));
    if (better) {
        // An overview may be averaged: what values there are the pixels themselves tell.
        const auto distinct = std::move(result.distinct);
        finish(scanner, result);
        result.distinct = distinct;
    }
    return result;
}

} // namespace landfall::raster
