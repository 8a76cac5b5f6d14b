#include "raster/draw/png.hpp"

#include <cstdlib>
#include <cstring>
#include <libdeflate.h>

namespace landfall::raster {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
constexpr std::size_t kChunkFrame = 12; ///< length, name, check sum

void put_number(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 255);
}

void put_chunk(std::string& out, std::string_view name, std::string_view data) {
    put_number(out, static_cast<std::uint32_t>(data.size()));
    const std::size_t start = out.size();
    out += name;
    out += data;
    put_number(out, libdeflate_crc32(0, out.data() + start, out.size() - start));
}

struct Layout {
    int channels;
    char color_type;
};

Layout layout_of(const Picture& picture) {
    std::uint32_t all = 0xFFFFFFFFU, differences = 0;
    for (const std::uint32_t pixel : picture.pixels) {
        all &= pixel;
        differences |= (pixel ^ pixel >> 8) & 0xFFFFU;
    }
    if (all >> 24 != 255)
        return {4, 6};
    return differences == 0 ? Layout{1, 0} : Layout{3, 2};
}

void unpack_row(const std::uint32_t* pixels, int width, int channels, std::uint8_t* row) {
    if (channels == 4) {
        std::memcpy(row, pixels, static_cast<std::size_t>(width) * 4);
        return;
    }
    for (int x = 0; x < width; ++x)
        for (int channel = 0; channel < channels; ++channel)
            *row++ = static_cast<std::uint8_t>(pixels[x] >> (8 * channel));
}

std::uint32_t cost(const std::uint8_t* values, std::size_t count) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += static_cast<std::uint32_t>(std::abs(static_cast<int>(static_cast<std::int8_t>(values[i]))));
    return sum;
}

/// Filter types of the standard, clause 9.2.
enum Filter : std::uint8_t { kNoFilter = 0, kSub = 1, kUp = 2 };

class RowFilter {
public:
    RowFilter(std::size_t stride, std::size_t step) : step_(step), sub_(stride), up_(stride) {}

    /// Writes the filter type and the filtered row.
    void apply(const std::uint8_t* row, const std::uint8_t* above, std::uint8_t* out) {
        const std::size_t stride = sub_.size();
        std::copy_n(row, step_, sub_.data());
        for (std::size_t i = step_; i < stride; ++i)
            sub_[i] = static_cast<std::uint8_t>(row[i] - row[i - step_]);
        for (std::size_t i = 0; i < stride; ++i)
            up_[i] = static_cast<std::uint8_t>(row[i] - above[i]);
        const std::uint32_t sub = cost(sub_.data(), stride), up = cost(up_.data(), stride), none = cost(row, stride);
        const bool plain = none <= std::min(sub, up) / 2;
        *out = plain ? kNoFilter : (up <= sub ? kUp : kSub);
        std::copy_n(plain ? row : (up <= sub ? up_.data() : sub_.data()), stride, out + 1);
    }

private:
    std::size_t step_;
    std::vector<std::uint8_t> sub_, up_;
};

} // namespace

Result<std::string> encode_png(const Picture& picture, libdeflate_compressor& compressor) {
    const Layout layout = layout_of(picture);
    const auto step = static_cast<std::size_t>(layout.channels);
    const std::size_t stride = static_cast<std::size_t>(picture.width) * step;
    const auto height = static_cast<std::size_t>(picture.height);
    std::vector<std::uint8_t> filtered((stride + 1) * height);
    std::vector<std::uint8_t> row(stride), above(stride, 0);
    RowFilter filter(stride, step);
    for (std::size_t y = 0; y < height; ++y) {
        unpack_row(picture.pixels.data() + y * static_cast<std::size_t>(picture.width), picture.width, layout.channels,
                   row.data());
        filter.apply(row.data(), above.data(), filtered.data() + y * (stride + 1));
        row.swap(above);
    }
    std::string data(libdeflate_zlib_compress_bound(&compressor, filtered.size()), '\0');
    data.resize(libdeflate_zlib_compress(&compressor, filtered.data(), filtered.size(), data.data(), data.size()));
    if (data.empty())
        return fail_internal("deflate did not fit its own bound");
    std::string header;
    put_number(header, static_cast<std::uint32_t>(picture.width));
    put_number(header, static_cast<std::uint32_t>(picture.height));
    header += {8, layout.color_type, 0, 0, 0};
    std::string out;
    out.reserve(kSignature.size() + header.size() + data.size() + 3 * kChunkFrame);
    out += kSignature;
    put_chunk(out, "IHDR", header);
    put_chunk(out, "IDAT", data);
    put_chunk(out, "IEND", {});
    return out;
}

} // namespace landfall::raster
