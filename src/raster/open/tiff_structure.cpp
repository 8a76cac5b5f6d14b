#include "raster/open/tiff_structure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace landfall::raster {
namespace {

constexpr std::size_t kMaxDirectories = 1024;
constexpr std::uint64_t kMaxEntries = 4096;
constexpr std::size_t kChunk = 8192; ///< array entries read at once

enum Tag : std::uint16_t {
    kSubfileType = 254,
    kWidth = 256,
    kHeight = 257,
    kBits = 258,
    kCompression = 259,
    kStripOffsets = 273,
    kSamples = 277,
    kRowsPerStrip = 278,
    kStripCounts = 279,
    kPlanar = 284,
    kTileWidth = 322,
    kTileHeight = 323,
    kTileOffsets = 324,
    kTileCounts = 325,
};

struct Entry {
    std::uint16_t type = 0;
    std::uint64_t count = 0;
    std::uint64_t offset = 0; ///< of the values in the file
};

constexpr std::string_view kCheck = "Upload it again, or check it with gdalinfo.";

tl::unexpected<Error> broken(std::string_view what) {
    return fail(Code::InvalidArgument, fmt::format("The GeoTIFF is damaged: {}. {}", what, kCheck));
}

unsigned type_size(std::uint16_t type) {
    switch (type) {
    case 1:
        return 1;
    case 3:
        return 2;
    case 4:
        return 4;
    case 16:
    case 18:
        return 8;
    default:
        return 0;
    }
}

/// Product that stays at the maximum instead of wrapping around.
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max() : product;
}

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

class Walker {
public:
    Walker(const FileReader& file, const RasterLimits& limits) : file_(file), limits_(limits) {}

    Result<TiffStructure> walk() {
        TRY(std::uint64_t next, read_header());
        TiffStructure structure;
        structure.big = big_;
        structure.edited = says_edited();
        std::set<std::uint64_t> seen;
        while (next != 0) {
            if (!seen.insert(next).second)
                return broken("its directories point at each other in a circle");
            if (seen.size() > kMaxDirectories)
                return broken(fmt::format("it has more than {} directories", kMaxDirectories));
            TRY(TiffImage image, read_directory(next, structure.images.size()));
            structure.images.push_back(image);
        }
        if (structure.images.empty())
            return broken("it has no image directory");
        return structure;
    }

private:
    std::uint64_t number(const std::uint8_t* at, unsigned size) const {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < size; ++i)
            value |= std::uint64_t{at[little_ ? i : size - 1 - i]} << (8 * i);
        return value;
    }

    Result<std::uint64_t> read_number(std::uint64_t offset, unsigned size) const {
        std::array<std::uint8_t, 8> bytes{};
        if (!file_.read(offset, std::span(bytes).first(size)))
            return truncated("its directory", plus(offset, size));
        return number(bytes.data(), size);
    }

    tl::unexpected<Error> truncated(std::string_view what, std::uint64_t end) const {
        if (end < file_.size() || end > std::uint64_t{1} << 62U)
            return broken(fmt::format("{} points outside the file", what));
        return fail(Code::InvalidArgument,
                    fmt::format("The GeoTIFF is truncated: {} ends at byte {}, but the file has {} bytes ({} are "
                                "missing). {}",
                                what, end, file_.size(), end - file_.size(), kCheck));
    }

    Result<std::uint64_t> read_header() {
        std::array<std::uint8_t, 8> head{};
        if (!file_.read(0, head))
            return truncated("its header", 8);
        little_ = head[0] == 'I';
        const std::uint64_t version = number(&head[2], 2);
        if (head[0] != head[1] || (head[0] != 'I' && head[0] != 'M') || (version != 42 && version != 43))
            return broken("it does not start as a TIFF does");
        big_ = version == 43;
        if (!big_)
            return number(&head[4], 4);
        if (number(&head[4], 2) != 8)
            return broken("its BigTIFF header is unknown");
        return read_number(8, 8);
    }

    /// GDAL's notes of how a file is laid out, behind the header; whoever changes such a file has to tell there.
    bool says_edited() const {
        constexpr std::string_view kNotes = "GDAL_STRUCTURAL_METADATA_SIZE=";
        constexpr std::size_t kMostNotes = 1024;
        const std::uint64_t start = big_ ? 16 : 8;
        if (start >= file_.size())
            return false;
        const std::string notes =
            file_.text(start, static_cast<std::size_t>(std::min<std::uint64_t>(kMostNotes, file_.size() - start)));
        return notes.starts_with(kNotes) && notes.find("KNOWN_INCOMPATIBLE_EDITION=YES") != std::string::npos;
    }

    /// Reads one directory and sets `next` to the offset of the one after it.
    Result<TiffImage> read_directory(std::uint64_t& next, std::size_t index) {
        const std::uint64_t start = next;
        const unsigned count_size = big_ ? 8 : 2;
        const unsigned entry_size = big_ ? 20 : 12;
        TRY(const std::uint64_t count, read_number(start, count_size));
        if (count == 0 || count > kMaxEntries)
            return broken(fmt::format("directory {} has {} entries", index + 1, count));
        std::vector<std::uint8_t> bytes(count * entry_size);
        if (!file_.read(start + count_size, bytes))
            return truncated(fmt::format("directory {}", index + 1), start + count_size + bytes.size());
        entries_.clear();
        for (std::uint64_t i = 0; i < count; ++i)
            add_entry(&bytes[i * entry_size], start + count_size + i * entry_size);
        TRY(next, read_number(start + count_size + bytes.size(), big_ ? 8 : 4));
        TRY(TiffImage image, read_image(index));
        image.directory_offset = start;
        return image;
    }

    void add_entry(const std::uint8_t* at, std::uint64_t position) {
        Entry entry;
        entry.type = static_cast<std::uint16_t>(number(at + 2, 2));
        entry.count = number(at + 4, big_ ? 8 : 4);
        const unsigned inline_size = big_ ? 8 : 4;
        const unsigned head = big_ ? 12 : 8;
        const bool fits = times(entry.count, type_size(entry.type)) <= inline_size;
        entry.offset = fits ? position + head : number(at + head, inline_size);
        entries_.emplace(static_cast<std::uint16_t>(number(at, 2)), entry);
    }

    const Entry* find(std::uint16_t tag) const {
        const auto at = entries_.find(tag);
        return at == entries_.end() || type_size(at->second.type) == 0 || at->second.count == 0 ? nullptr : &at->second;
    }

    std::uint64_t value(std::uint16_t tag, std::uint64_t otherwise) const {
        const Entry* const entry = find(tag);
        if (entry == nullptr)
            return otherwise;
        return read_number(entry->offset, type_size(entry->type)).value_or(otherwise);
    }

    Result<TiffImage> read_image(std::size_t index) const {
        TiffImage image;
        const std::uint64_t width = value(kWidth, 0);
        const std::uint64_t height = value(kHeight, 0);
        const std::uint64_t samples = value(kSamples, 1);
        const std::uint64_t bits = value(kBits, 1);
        const std::uint64_t kind = value(kSubfileType, 0);
        if (width == 0 || height == 0)
            return broken(fmt::format("image {} has no width or height", index + 1));
        const auto longest = static_cast<std::uint64_t>(limits_.max_side);
        if (width > longest || height > longest)
            return fail(Code::InvalidArgument,
                        fmt::format("The GeoTIFF declares {} x {} pixels; at most {} a side are accepted. Cut it into "
                                    "smaller files.",
                                    width, height, longest));
        if (samples == 0 || samples > static_cast<std::uint64_t>(limits_.max_bands))
            return fail(Code::InvalidArgument,
                        fmt::format("The GeoTIFF declares {} bands; 1 to {} are accepted. Split it into several files.",
                                    samples, limits_.max_bands));
        if (bits == 0 || bits > 128)
            return broken(fmt::format("image {} declares {} bits a sample", index + 1, bits));
        image.width = static_cast<std::uint32_t>(width);
        image.height = static_cast<std::uint32_t>(height);
        image.samples = static_cast<std::uint32_t>(samples);
        image.bits = static_cast<std::uint32_t>(bits);
        image.compression = static_cast<std::uint16_t>(value(kCompression, 1));
        image.separate = value(kPlanar, 1) == 2 && samples > 1;
        image.reduced = (kind & 1U) != 0;
        image.mask = (kind & 4U) != 0;
        CHECK_OK(read_layout(image, index));
        CHECK_OK(check_blocks(image, index));
        return image;
    }

    Status read_layout(TiffImage& image, std::size_t index) const {
        image.tiled = find(kTileOffsets) != nullptr || find(kTileWidth) != nullptr;
        const std::uint64_t across = image.tiled ? value(kTileWidth, 0) : image.width;
        const std::uint64_t down = image.tiled
                                       ? value(kTileHeight, 0)
                                       : std::min<std::uint64_t>(value(kRowsPerStrip, image.height), image.height);
        if (across == 0 || down == 0 || across > 1U << 24U || down > 1U << 24U)
            return broken(fmt::format("image {} has tiles or strips of {} x {} pixels", index + 1, across, down));
        image.block_width = static_cast<std::uint32_t>(across);
        image.block_height = static_cast<std::uint32_t>(down);
        const std::uint64_t columns = (image.width + across - 1) / across;
        const std::uint64_t rows = (image.height + down - 1) / down;
        image.blocks = times(times(columns, rows), image.separate ? image.samples : 1);
        const std::uint64_t declared =
            times(times(image.width, image.height), times(image.samples, (image.bits + 7) / 8));
        if (declared > limits_.max_declared_bytes)
            return fail(
                Code::InvalidArgument,
                fmt::format("The GeoTIFF declares {} x {} pixels in {} bands, more than is accepted. Cut it into "
                            "smaller files.",
                            image.width, image.height, image.samples));
        if (image.compression != 1 && block_bytes(image) > limits_.max_block_bytes)
            return fail(Code::InvalidArgument,
                        fmt::format("One {} of the GeoTIFF decodes to {} MiB; at most {} MiB are accepted. Rewrite it "
                                    "with tiles: gdal_translate -of COG.",
                                    image.tiled ? "tile" : "strip", block_bytes(image) >> 20U,
                                    limits_.max_block_bytes >> 20U));
        return {};
    }

    static std::uint64_t block_bytes(const TiffImage& image) {
        const std::uint64_t bits = times(image.bits, image.separate ? 1 : image.samples);
        return times((times(image.block_width, bits) + 7) / 8, image.block_height);
    }

    /// Reads up to kChunk values of an array from its `first`.
    bool read_chunk(const Entry& entry, std::uint64_t first, std::vector<std::uint64_t>& out) const {
        const unsigned size = type_size(entry.type);
        std::vector<std::uint8_t> bytes(out.size() * size);
        if (!file_.read(plus(entry.offset, times(first, size)), bytes))
            return false;
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = number(&bytes[i * size], size);
        return true;
    }

    /// The list under the tag of tiles or strips. Some writers list tiles under the tags of strips.
    const Entry* find_list(const TiffImage& image, Tag of_tiles, Tag of_strips) const {
        const Entry* const entry = image.tiled ? find(of_tiles) : nullptr;
        return entry != nullptr ? entry : find(of_strips);
    }

    Status check_blocks(TiffImage& image, std::size_t index) const {
        const std::string_view noun = image.tiled ? "tile" : "strip";
        const Entry* const offsets = find_list(image, kTileOffsets, kStripOffsets);
        const Entry* const counts = find_list(image, kTileCounts, kStripCounts);
        if (offsets == nullptr)
            return broken(fmt::format("image {} does not say where its {}s are", index + 1, noun));
        const std::uint64_t listed = counts != nullptr ? std::min(offsets->count, counts->count) : offsets->count;
        if (listed < image.blocks)
            return broken(fmt::format("image {} needs {} {}s, but lists {}", index + 1, image.blocks, noun, listed));
        std::vector<std::uint64_t> starts;
        std::vector<std::uint64_t> sizes;
        for (std::uint64_t first = 0; first < image.blocks; first += kChunk) {
            const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, image.blocks - first));
            starts.assign(length, 0);
            sizes.assign(length, 1);
            if (!read_chunk(*offsets, first, starts) || (counts != nullptr && !read_chunk(*counts, first, sizes)))
                return truncated(fmt::format("its list of {}s", noun),
                                 plus(offsets->offset, times(image.blocks, type_size(offsets->type))));
            for (std::size_t i = 0; i < length; ++i)
                CHECK_OK(check_block(image, index, {first + i, starts[i], sizes[i]}));
        }
        image.decoded_bytes = times(image.blocks - image.sparse_blocks, block_bytes(image));
        return check_declared_size(image.decoded_bytes, file_.size(), limits_,
                                   "Write it again with empty tiles left out (-co SPARSE_OK=TRUE).");
    }

    struct Block {
        std::uint64_t number, start, size;
    };

    Status check_block(TiffImage& image, std::size_t index, const Block& block) const {
        if (block.start == 0 || block.size == 0) {
            ++image.sparse_blocks;
            return {};
        }
        const std::uint64_t size = used_bytes(image, block);
        if (block.start > file_.size() || size > file_.size() - block.start)
            return truncated(fmt::format("{} {}{}", image.tiled ? "tile" : "strip", block.number,
                                         index == 0 ? std::string() : fmt::format(" of image {}", index + 1)),
                             plus(block.start, size));
        if (image.first_data_offset == 0 || block.start < image.first_data_offset)
            image.first_data_offset = block.start;
        return {};
    }

    /// Some writers give the last strip, which has fewer rows, the size of a full one.
    static std::uint64_t used_bytes(const TiffImage& image, const Block& block) {
        const std::uint64_t strips = image.separate ? image.blocks / image.samples : image.blocks;
        const bool is_last = !image.tiled && (block.number + 1) % strips == 0;
        if (!is_last || image.compression != 1 || block.size != block_bytes(image))
            return block.size;
        const std::uint64_t rows = image.height - (strips - 1) * image.block_height;
        return times(block.size / image.block_height, rows);
    }

    const FileReader& file_;
    const RasterLimits& limits_;
    bool little_ = true;
    bool big_ = false;
    std::map<std::uint16_t, Entry> entries_;
};

} // namespace

Result<TiffStructure> read_tiff_structure(const FileReader& file, const RasterLimits& limits) {
    return Walker(file, limits).walk();
}

bool is_cloud_optimized(const TiffStructure& structure) {
    const TiffImage& main = structure.images.front();
    if (!main.tiled || main.reduced || structure.edited)
        return false;
    std::uint64_t last_directory = 0;
    std::uint64_t first_data = std::numeric_limits<std::uint64_t>::max();
    std::uint32_t width = main.width;
    std::uint32_t height = main.height;
    bool has_overview = false;
    for (const TiffImage& image : structure.images) {
        if (image.directory_offset < last_directory)
            return false;
        last_directory = image.directory_offset;
        if (image.first_data_offset != 0)
            first_data = std::min(first_data, image.first_data_offset);
        if (!image.reduced || image.mask)
            continue;
        if (!image.tiled || image.width > width || image.height > height)
            return false;
        width = image.width;
        height = image.height;
        has_overview = true;
    }
    return last_directory < first_data && (has_overview || std::max(main.width, main.height) <= 512);
}

Status check_declared_size(std::uint64_t decoded, std::uint64_t stored, const RasterLimits& limits,
                           std::string_view help) {
    if (decoded <= limits.bomb_bytes || decoded / limits.bomb_ratio <= stored)
        return {};
    return fail(Code::InvalidArgument,
                fmt::format("The file declares {} MiB of pixels, more than {} times its {} bytes, and is refused for "
                            "safety. {}",
                            decoded >> 20U, limits.bomb_ratio, stored, help));
}

} // namespace landfall::raster
