#include "raster/draw/colorize.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

constexpr double kByteMost = 255;

/// A share 0..1 after gamma, then contrast: a sigmoid around 0.5 that goes through 0 and 1 (as ImageMagick and
/// rio-color have it).
double toned(double share, const Coloring& coloring) {
    if (coloring.gamma != 1)
        share = std::pow(share, 1 / coloring.gamma);
    if (coloring.contrast == 0)
        return share;
    const auto sigmoid = [&](double at) { return 1 / (1 + std::exp(coloring.contrast * (0.5 - at))); };
    return (sigmoid(share) - sigmoid(0)) / (sigmoid(1) - sigmoid(0));
}

/// A stretch with its tone as a table over 4096 steps: finer than 8 bits can show.
class Stretch {
public:
    Stretch(std::array<double, 2> range, const Coloring& coloring) : low_(range[0]) {
        double high = range[1];
        if (!(high > low_)) {
            const double half = std::max(0.5, std::fabs(low_) * 1e-3);
            low_ -= half;
            high = low_ + 2 * half;
        }
        factor_ = kSteps / (high - low_);
        for (std::size_t i = 0; i < table_.size(); ++i) {
            const double share = static_cast<double>(i) / kSteps;
            table_[i] = static_cast<std::uint8_t>(std::lround(kByteMost * toned(share, coloring)));
        }
    }

    std::uint8_t operator()(double value) const {
        const double at = (value - low_) * factor_;
        return table_[at <= 0 ? 0 : at >= kSteps ? table_.size() - 1 : static_cast<std::size_t>(at + 0.5)];
    }

private:
    static constexpr int kSteps = 4095;
    double low_, factor_ = 1;
    std::array<std::uint8_t, kSteps + 1> table_{};
};

Rgba with_alpha(Rgba color, std::uint32_t alpha) {
    const std::uint32_t mixed = ((color >> 24) * alpha + 127) / 255;
    return mixed == 0 ? 0 : (color & 0x00FFFFFFU) | mixed << 24;
}

/// Colour of one channel's value.
class OneChannel {
public:
    explicit OneChannel(const Coloring& coloring)
        : coloring_(coloring),
          stretch_(coloring.stretch.empty() ? std::array{0.0, kByteMost} : coloring.stretch[0], coloring) {}

    Rgba operator()(double value) const {
        if (!coloring_.colormap) {
            const std::uint32_t level = stretch_(value);
            return rgba(level, level, level);
        }
        return coloring_.colormap->is_ramp() ? coloring_.colormap->ramp()[stretch_(value)]
                                             : coloring_.colormap->color_of(value);
    }

private:
    const Coloring& coloring_;
    Stretch stretch_;
};

std::array<double, 2> range_of(const Coloring& coloring, std::size_t channel) {
    if (coloring.stretch.empty())
        return {0, kByteMost};
    return coloring.stretch[std::min(channel, coloring.stretch.size() - 1)];
}

void color_bytes(const Image& values, const Coloring& coloring, std::size_t channels, Picture& picture) {
    const auto count = std::min(values.packed.size(), picture.pixels.size());
    if (channels == 1) {
        const OneChannel color(coloring);
        std::array<Rgba, 256> table{};
        for (std::size_t i = 0; i < table.size(); ++i)
            table[i] = color(static_cast<double>(i));
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t pixel = values.packed[i];
            picture.pixels[i] = pixel >> 24 == 255 ? table[pixel & 255] : with_alpha(table[pixel & 255], pixel >> 24);
        }
        return;
    }
    if (coloring.stretch.empty() && coloring.gamma == 1 && coloring.contrast == 0) {
        std::copy_n(values.packed.begin(), count, picture.pixels.begin());
        return;
    }
    std::array<std::array<std::uint32_t, 256>, 3> tables{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const Stretch stretch(range_of(coloring, channel), coloring);
        for (std::size_t i = 0; i < 256; ++i)
            tables[channel][i] = static_cast<std::uint32_t>(stretch(static_cast<double>(i))) << (8 * channel);
    }
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t pixel = values.packed[i];
        const std::uint32_t color = tables[0][pixel & 255] | tables[1][pixel >> 8 & 255] | tables[2][pixel >> 16 & 255];
        picture.pixels[i] = pixel >> 24 ? color | (pixel & 0xFF000000U) : 0;
    }
}

void color_planes(const Image& values, const Coloring& coloring, std::size_t channels, Picture& picture) {
    if (values.planes.size() < channels)
        return;
    const auto count = std::min(values.masks[0].size(), picture.pixels.size());
    const std::vector<float>& first = values.floats(0);
    const OneChannel one(coloring);
    const std::array<Stretch, 3> three = {Stretch(range_of(coloring, 0), coloring),
                                          Stretch(range_of(coloring, 1), coloring),
                                          Stretch(range_of(coloring, 2), coloring)};
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t alpha = values.masks[0][i];
        if (alpha == 0 || !std::isfinite(first[i]))
            continue;
        if (channels == 1) {
            picture.pixels[i] = with_alpha(one(static_cast<double>(first[i])), alpha);
            continue;
        }
        picture.pixels[i] =
            rgba(three[0](static_cast<double>(first[i])), three[1](static_cast<double>(values.floats(1)[i])),
                 three[2](static_cast<double>(values.floats(2)[i])), alpha);
    }
}

/// Moves colours away from, or towards, the gray of the same lightness (luma of Rec. 709).
void saturate(double saturation, std::vector<Rgba>& pixels) {
    for (Rgba& pixel : pixels) {
        const double red = pixel & 255, green = pixel >> 8 & 255, blue = pixel >> 16 & 255;
        const double gray = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        const auto moved = [&](double channel) {
            return static_cast<std::uint32_t>(
                std::lround(std::clamp(gray + (channel - gray) * saturation, 0.0, kByteMost)));
        };
        pixel = rgba(moved(red), moved(green), moved(blue), pixel >> 24);
    }
}

} // namespace

Picture colorize(const Image& values, const Coloring& coloring, std::size_t channels) {
    Picture picture{values.grid.width, values.grid.height, {}};
    picture.pixels.assign(values.grid.pixels(), 0);
    if (!values.packed.empty())
        color_bytes(values, coloring, channels, picture);
    else
        color_planes(values, coloring, channels, picture);
    if (channels == 3 && coloring.saturation != 1)
        saturate(coloring.saturation, picture.pixels);
    return picture;
}

} // namespace landfall::raster
