#include "raster/read/reducer.hpp"

#include <cmath>
#include <numeric>

namespace landfall::raster {

Cells::Span Cells::span(int cell) const {
    constexpr double kRounding = 1e-6;
    const double from = first + cell * step;
    const double low = std::clamp(from, 0.0, samples - 1.0), high = std::min(std::max(from, low) + step, samples + 0.0);
    const int begin = static_cast<int>(low + kRounding);
    return {low, high, begin, std::clamp(static_cast<int>(std::ceil(high - kRounding)), begin + 1, samples)};
}

ChunkAxis Reduction::chunk(int target, int count) const {
    const int begin = origin + target * factor;
    const int last = length / decimation;
    const int from = std::min(begin / decimation, last - 1);
    const int until = std::min((begin + count * factor + decimation - 1) / decimation, last);
    const double pixels = decimation;
    return {from * decimation,
            (until - from) * decimation,
            until - from,
            {target, count, (begin - from * decimation) / pixels, factor / pixels, until - from}};
}

void Reducer::take(const PixelWindow& chunk, const Cells& columns, const Cells& rows) {
    for (int row = 0; row < rows.count; ++row) {
        const Cells::Span span = rows.span(row);
        if (!categorical_)
            add_rows(chunk, span);
        for (int column = 0; column < columns.count; ++column) {
            const auto target = static_cast<std::size_t>(rows.target + row) * static_cast<std::size_t>(window_.width) +
                                static_cast<std::size_t>(columns.target + column);
            if (categorical_)
                pick(chunk, columns.span(column), span, target);
            else
                average(columns.span(column), target);
        }
    }
}

void Reducer::pick(const PixelWindow& chunk, const Cells::Span& across, const Cells::Span& down, std::size_t target) {
    const auto x = static_cast<std::size_t>(std::midpoint(across.begin, across.end));
    const auto y = static_cast<std::size_t>(std::midpoint(down.begin, down.end));
    const std::size_t from = y * static_cast<std::size_t>(chunk.width) + x;
    for (std::size_t band = 0; band < chunk.planes.size(); ++band)
        window_.planes[band][target] = chunk.planes[band][from];
    window_.validity[target] = chunk.validity[from];
}

/// Sums a row of cells downwards: simple loops over whole rows of samples.
void Reducer::add_rows(const PixelWindow& chunk, const Cells::Span& down) {
    const auto width = static_cast<std::size_t>(chunk.width);
    height_ = down.high - down.low;
    weights_.assign(width, 0.0);
    sums_.resize(chunk.planes.size());
    for (auto& sum : sums_)
        sum.assign(width, 0.0);
    for (int y = down.begin; y < down.end; ++y) {
        const double share = down.share(y);
        const std::size_t row = static_cast<std::size_t>(y) * width;
        const std::uint8_t* const validity = chunk.validity.data() + row;
        for (std::size_t x = 0; x < width; ++x)
            weights_[x] += share * validity[x];
        for (std::size_t band = 0; band < sums_.size(); ++band) {
            const float* const values = chunk.planes[band].data() + row;
            double* const sum = sums_[band].data();
            for (std::size_t x = 0; x < width; ++x)
                sum[x] += validity[x] ? share * validity[x] * static_cast<double>(values[x]) : 0.0;
        }
    }
}

void Reducer::average(const Cells::Span& across, std::size_t target) {
    const auto total = [&across](const std::vector<double>& of) {
        double sum = 0;
        for (int x = across.begin; x < across.end; ++x)
            sum += across.share(x) * of[static_cast<std::size_t>(x)];
        return sum;
    };
    const double weight = total(weights_);
    if (weight <= 0)
        return;
    for (std::size_t band = 0; band < sums_.size(); ++band)
        window_.planes[band][target] = static_cast<float>(total(sums_[band]) / weight);
    const double area = height_ * (across.high - across.low);
    window_.validity[target] =
        window_.soft ? static_cast<std::uint8_t>(std::clamp(std::lround(weight / area), 0L, 255L)) : 255;
}

} // namespace landfall::raster
