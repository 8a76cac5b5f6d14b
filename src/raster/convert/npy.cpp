#include "raster/convert/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <type_traits>

namespace landfall::raster {
namespace {

template<typename Value>
std::string descr() {
    const char kind = std::is_floating_point_v<Value> ? 'f' : std::is_signed_v<Value> ? 'i' : 'u';
    return fmt::format("{}{}{}", sizeof(Value) == 1 ? '|' : '<', kind, sizeof(Value));
}

std::string header(const std::string& type, std::size_t bands, int height, int width) {
    std::string dictionary =
        fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}, {}), }}", type, bands, height, width);
    constexpr std::size_t kAlignment = 64, kBefore = 10;
    const std::size_t length = (kBefore + dictionary.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - kBefore;
    dictionary.resize(length - 1, ' ');
    dictionary += '\n';
    std::string out("\x93NUMPY\x01\x00", 8);
    out += static_cast<char>(length & 255);
    out += static_cast<char>(length >> 8);
    return out + dictionary;
}

Samples as_doubles(const Samples& plane) {
    return std::visit([](const auto& values) { return Samples(std::vector<double>(values.begin(), values.end())); },
                      plane);
}

} // namespace

void NpyWriter::take(const Image& part, const LevelRect& where) {
    const auto all = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
    if (planes_.empty()) {
        valid_.assign(all, 255);
        for (const Samples& plane : part.planes)
            planes_.push_back(
                std::visit([&](const auto& values) { return Samples(std::decay_t<decltype(values)>(all)); }, plane));
    }
    for (std::size_t band = 0; band < part.planes.size() && band < planes_.size(); ++band) {
        const Mask& mask = part.mask(band);
        std::visit(
            [&](const auto& values) {
                auto& into = std::get<std::decay_t<decltype(values)>>(planes_[band]);
                for (std::size_t i = 0; i < values.size(); ++i) {
                    const std::size_t row =
                        i / static_cast<std::size_t>(where.width) + static_cast<std::size_t>(where.y);
                    const std::size_t at = row * static_cast<std::size_t>(width_) +
                                           i % static_cast<std::size_t>(where.width) +
                                           static_cast<std::size_t>(where.x);
                    if (mask[i] != 0) {
                        into[at] = values[i];
                        continue;
                    }
                    valid_[at] = 0;
                    any_missing_ = true;
                }
            },
            part.planes[band]);
    }
}

Status NpyWriter::write(const std::string& path) const {
    const bool alike =
        std::ranges::all_of(planes_, [&](const auto& plane) { return plane.index() == planes_[0].index(); });
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    for (std::size_t band = 0; band < planes_.size(); ++band) {
        const Samples plane = alike ? planes_[band] : as_doubles(planes_[band]);
        std::visit(
            [&](const auto& values) {
                using Value = typename std::decay_t<decltype(values)>::value_type;
                if (band == 0)
                    out << header(descr<Value>(), planes_.size() + (any_missing_ ? 1 : 0), height_, width_);
                out.write(reinterpret_cast<const char*>(values.data()),
                          static_cast<std::streamsize>(values.size() * sizeof(Value)));
                if (band + 1 < planes_.size() || !any_missing_)
                    return;
                constexpr auto kFull =
                    std::numeric_limits<Value>::max() < Value{127}
                        ? std::numeric_limits<Value>::max()
                        : static_cast<Value>(sizeof(Value) == 1 && std::is_signed_v<Value> ? 127 : 255);
                std::vector<Value> validity(valid_.size());
                std::ranges::transform(valid_, validity.begin(),
                                       [&](std::uint8_t valid) { return valid != 0 ? kFull : Value{0}; });
                out.write(reinterpret_cast<const char*>(validity.data()),
                          static_cast<std::streamsize>(validity.size() * sizeof(Value)));
            },
            plane);
    }
    out.close();
    return out ? Status() : fail_internal("an array can't be written");
}

} // namespace landfall::raster
