#include "imagery/tiff_head.hpp"

#include <algorithm>

namespace landfall::imagery {
namespace {

constexpr std::uint64_t kModelPixelScale = 33550;
constexpr std::uint64_t kModelTiepoint = 33922;
constexpr std::uint64_t kModelTransformation = 34264;
constexpr std::uint64_t kGeoKeyDirectory = 34735;
constexpr std::uint64_t kGeographicType = 2048;
constexpr std::uint64_t kProjectedType = 3072;
constexpr std::uint64_t kUserDefined = 32767;
constexpr std::uint64_t kMostEntries = 4096;

/// Numbers of a file in its own byte order; beyond the bytes that are there is nothing.
class Reader {
public:
    Reader(std::string_view bytes, bool big) : bytes_(bytes), big_(big) {}

    std::optional<std::uint64_t> at(std::uint64_t offset, unsigned width) const {
        if (offset > bytes_.size() || bytes_.size() - offset < width)
            return std::nullopt;
        std::uint64_t value = 0;
        for (unsigned n = 0; n < width; ++n) {
            const auto byte = static_cast<unsigned char>(bytes_[offset + (big_ ? n : width - 1 - n)]);
            value = (value << 8U) | byte;
        }
        return value;
    }

private:
    std::string_view bytes_;
    bool big_;
};

/// The widths of the two kinds of TIFF.
struct Layout {
    std::uint64_t first; ///< where the offset of the first directory stands
    unsigned word;       ///< bytes of an offset and of a count of values
    unsigned count;      ///< bytes of the number of entries
    std::uint64_t entry; ///< bytes of an entry
};
constexpr Layout kClassic{4, 4, 2, 12};
constexpr Layout kBig{8, 8, 8, 20};

void take_keys(TiffHead& told, const Reader& reader, std::uint64_t offset, std::uint64_t values) {
    told.has_keys = values > 4;
    std::uint64_t geographic = 0;
    std::uint64_t projected = 0;
    for (std::uint64_t n = 4; n + 4 <= std::min(values, kMostEntries); n += 4) {
        const auto key = reader.at(offset + 2 * n, 2);
        const auto elsewhere = reader.at(offset + 2 * n + 2, 2);
        const auto value = reader.at(offset + 2 * n + 6, 2);
        if (!key || !elsewhere || !value)
            break;
        if (*elsewhere != 0)
            continue;
        geographic = *key == kGeographicType ? *value : geographic;
        projected = *key == kProjectedType ? *value : projected;
    }
    const std::uint64_t code = projected != 0 ? projected : geographic;
    told.epsg = code < kUserDefined ? static_cast<int>(code) : 0;
}

/// One entry; false where the bytes end.
bool take_entry(TiffHead& told, const Reader& reader, const Layout& layout, std::uint64_t at) {
    const auto tag = reader.at(at, 2);
    const auto values = reader.at(at + 4, layout.word);
    const auto value = reader.at(at + 4 + layout.word, layout.word);
    if (!tag || !values || !value)
        return false;
    told.is_placed |= *tag == kModelPixelScale || *tag == kModelTiepoint || *tag == kModelTransformation;
    if (*tag != kGeoKeyDirectory)
        return true;
    // Four values and more never fit into the entry itself.
    if (!reader.at(*value, 8))
        return false;
    take_keys(told, reader, *value, *values);
    return true;
}

} // namespace

std::optional<TiffHead> read_tiff_head(std::string_view head, std::uint64_t size) {
    const bool big = head.starts_with("MM");
    if (!big && !head.starts_with("II"))
        return std::nullopt;
    const Reader reader(head, big);
    const auto magic = reader.at(2, 2).value_or(0);
    if (magic != 42 && magic != 43)
        return std::nullopt;
    const Layout& layout = magic == 43 ? kBig : kClassic;
    TiffHead told;
    const auto first = reader.at(layout.first, layout.word);
    told.is_past_end = first && *first >= size;
    const auto entries = first && !told.is_past_end ? reader.at(*first, layout.count) : std::nullopt;
    if (!entries || *entries > kMostEntries)
        return told;
    told.is_whole = true;
    for (std::uint64_t n = 0; n < *entries && told.is_whole; ++n)
        told.is_whole = take_entry(told, reader, layout, *first + layout.count + n * layout.entry);
    return told;
}

} // namespace landfall::imagery
