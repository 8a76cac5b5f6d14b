#pragma once
/// Making a window of fewer pixels out of chunks of a raster: which samples a pixel of it covers, and their mean.

#include "raster/read/source_image.hpp"

#include <algorithm>

namespace landfall::raster {

/// The cells of one axis of a chunk, in its samples: cell i spans `first` + i * `step` to `first` + (i + 1) * `step`.
struct Cells {
    int target = 0; ///< the first cell's place in the reduced window
    int count = 0;
    double first = 0, step = 1;
    int samples = 0; ///< of the chunk; cells end there

    /// Where a cell lies; `begin` to `end` are the samples that it touches.
    struct Span {
        double low, high;
        int begin, end;
        /// The part of a sample that lies in the cell, 0..1.
        double share(int sample) const { return std::min<double>(sample + 1, high) - std::max<double>(sample, low); }
    };
    Span span(int cell) const;
};

/// One axis of a chunk: `from` and `size` in pixels of the level, `samples` of the decimated buffer.
struct ChunkAxis {
    int from, size, samples;
    Cells cells;
};

/// Cuts an axis of a level of `length` pixels into chunks of whole samples of `decimation` pixels. The last pixels that
/// fill no sample are left out: decoders make nothing of use from them. `origin`: of the reduced window.
struct Reduction {
    int origin, length, factor, decimation;

    /// `count` cells from `target` on.
    ChunkAxis chunk(int target, int count) const;
};

/// Picks or averages the samples of a chunk into the cells of a smaller window.
class Reducer {
public:
    /// `window` has planes and validity of its size and outlives the reducer. `categorical`: values are never mixed.
    Reducer(PixelWindow& window, bool categorical) : window_(window), categorical_(categorical) {}

    /// `chunk` has planes, one for each of the window's, and validity.
    void take(const PixelWindow& chunk, const Cells& columns, const Cells& rows);

private:
    void pick(const PixelWindow& chunk, const Cells::Span& across, const Cells::Span& down, std::size_t target);
    void add_rows(const PixelWindow& chunk, const Cells::Span& down);
    void average(const Cells::Span& across, std::size_t target);

    std::vector<std::vector<double>> sums_; ///< per band and sample column
    std::vector<double> weights_;
    double height_ = 0; ///< of the row of cells, in samples
    PixelWindow& window_;
    bool categorical_;
};

} // namespace landfall::raster
