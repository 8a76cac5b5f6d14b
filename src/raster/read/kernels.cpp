#include "raster/read/kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace landfall::raster {
namespace {

std::size_t index_of(const PixelWindow& window, int x, int y) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(x);
}

void begin(const PixelWindow& window, const Coordinates& at, Image& into) {
    into.planes.assign(window.planes.size(), std::vector<float>(at.x.size(), 0.0F));
    into.masks.assign(1, Mask(at.x.size(), 0));
}

/// The weights of the four neighbours of a place `t` (0..1) between the second and the third.
std::array<double, 4> cubic_weights(double t) {
    const double t2 = t * t, t3 = t2 * t;
    return {-0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1, -1.5 * t3 + 2 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2};
}

/// The sixteen neighbours of one place and how much each counts; beyond the window the edge repeats.
struct Neighbourhood {
    std::array<std::size_t, 16> at{};
    std::array<double, 16> weight{};
    double total = 0;
};

Neighbourhood neighbours_of(const PixelWindow& window, double x, double y) {
    const double left = x - 0.5, top = y - 0.5;
    const int x0 = static_cast<int>(std::floor(left)), y0 = static_cast<int>(std::floor(top));
    const auto across = cubic_weights(left - x0), down = cubic_weights(top - y0);
    Neighbourhood found;
    for (int row = 0; row < 4; ++row)
        for (int column = 0; column < 4; ++column) {
            const auto i = static_cast<std::size_t>(row * 4 + column);
            found.at[i] = index_of(window, std::clamp(x0 - 1 + column, 0, window.width - 1),
                                   std::clamp(y0 - 1 + row, 0, window.height - 1));
            const double share = window.validity[found.at[i]] / 255.0;
            found.weight[i] = across[static_cast<std::size_t>(column)] * down[static_cast<std::size_t>(row)] * share;
            found.total += found.weight[i];
        }
    return found;
}

/// What lies in a pixel of the target.
struct Box {
    int x0, x1, y0, y1; ///< window pixels, ends excluded
};

Box box_of(const PixelWindow& window, double x, double y, double side) {
    const auto first = [&](double centre, int most) {
        return std::clamp(static_cast<int>(std::ceil(centre - side / 2 - 0.5)), 0, most - 1);
    };
    const auto last = [&](double centre, int begin, int most) {
        return std::clamp(static_cast<int>(std::ceil(centre + side / 2 - 0.5)), begin + 1, most);
    };
    Box box{};
    box.x0 = first(x, window.width);
    box.y0 = first(y, window.height);
    box.x1 = last(x, box.x0, window.width);
    box.y1 = last(y, box.y0, window.height);
    if (side <= 1) {
        box.x0 = std::clamp(static_cast<int>(std::floor(x)), 0, window.width - 1);
        box.y0 = std::clamp(static_cast<int>(std::floor(y)), 0, window.height - 1);
        box.x1 = box.x0 + 1;
        box.y1 = box.y0 + 1;
    }
    return box;
}

float most_frequent(std::vector<float>& values) {
    std::sort(values.begin(), values.end());
    float best = values.front();
    std::size_t most = 0;
    for (std::size_t i = 0; i < values.size();) {
        std::size_t end = i;
        while (end < values.size() && values[end] == values[i])
            ++end;
        if (end - i > most) {
            most = end - i;
            best = values[i];
        }
        i = end;
    }
    return best;
}

float summary_of(std::vector<float>& values, const std::vector<float>& weights, Resampling how) {
    switch (how) {
    case Resampling::Min:
        return *std::min_element(values.begin(), values.end());
    case Resampling::Max:
        return *std::max_element(values.begin(), values.end());
    case Resampling::Mode:
        return most_frequent(values);
    default:
        break;
    }
    double sum = 0, total = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += static_cast<double>(values[i]) * static_cast<double>(weights[i]);
        total += static_cast<double>(weights[i]);
    }
    return static_cast<float>(sum / total);
}

/// The valid pixels of a box.
struct Members {
    std::vector<std::size_t> at;
    std::vector<float> weights, values;

    void collect(const PixelWindow& window, const Box& box) {
        at.clear();
        weights.clear();
        for (int y = box.y0; y < box.y1; ++y)
            for (int x = box.x0; x < box.x1; ++x) {
                const std::size_t i = index_of(window, x, y);
                if (window.validity[i] == 0)
                    continue;
                at.push_back(i);
                weights.push_back(window.validity[i]);
            }
    }
    std::uint8_t opacity(const PixelWindow& window, const Box& box) const {
        if (!window.soft)
            return 255;
        double sum = 0;
        for (const float weight : weights)
            sum += static_cast<double>(weight);
        return static_cast<std::uint8_t>(std::clamp(sum / ((box.x1 - box.x0) * (box.y1 - box.y0)) + 0.5, 1.0, 255.0));
    }
};

} // namespace

void resample_cubic(const PixelWindow& window, const Coordinates& at, Image& into) {
    begin(window, at, into);
    for (std::size_t i = 0; i < at.x.size(); ++i) {
        if (at.x[i] == kOutside)
            continue;
        const double x = static_cast<double>(at.x[i]), y = static_cast<double>(at.y[i]);
        const auto nearest = index_of(window, std::clamp(static_cast<int>(x), 0, window.width - 1),
                                      std::clamp(static_cast<int>(y), 0, window.height - 1));
        if (window.validity[nearest] == 0)
            continue;
        const Neighbourhood near = neighbours_of(window, x, y);
        // Where too much is missing the rest of the weights may cancel out.
        const bool whole = near.total > 0.25;
        into.masks[0][i] = window.validity[nearest];
        into.empty = false;
        for (std::size_t band = 0; band < window.planes.size(); ++band) {
            const auto& values = window.planes[band];
            double sum = 0;
            for (std::size_t k = 0; k < near.at.size(); ++k)
                sum += near.weight[k] != 0 ? near.weight[k] * static_cast<double>(values[near.at[k]]) : 0;
            into.floats(band)[i] = whole ? static_cast<float>(sum / near.total) : values[nearest];
        }
    }
}

void resample_area(const PixelWindow& window, const Coordinates& at, double side, Resampling how, Image& into) {
    begin(window, at, into);
    Members members;
    for (std::size_t i = 0; i < at.x.size(); ++i) {
        if (at.x[i] == kOutside)
            continue;
        const Box box = box_of(window, static_cast<double>(at.x[i]), static_cast<double>(at.y[i]), side);
        members.collect(window, box);
        if (members.at.empty())
            continue;
        into.masks[0][i] = members.opacity(window, box);
        into.empty = false;
        for (std::size_t band = 0; band < window.planes.size(); ++band) {
            members.values.clear();
            for (const std::size_t member : members.at)
                members.values.push_back(window.planes[band][member]);
            into.floats(band)[i] = summary_of(members.values, members.weights, how);
        }
    }
}

} // namespace landfall::raster
