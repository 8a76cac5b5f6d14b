#include "raster/open/tiff_structure.hpp"
#include "support/test_data.hpp"
#include "unit/raster/gdal_drawing.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

using landfall::testing::PrivateFolder;
using landfall::testing::write_bytes;

class TiffStructureOf : public ::testing::Test {
protected:
    Result<TiffStructure> read(const std::string& bytes, const RasterLimits& limits = {}) {
        write_bytes(folder_ / "x.tif", bytes);
        TRY(const FileReader file, FileReader::open(folder_ / "x.tif"));
        return read_tiff_structure(file, limits);
    }
    void expect_refused(const std::string& bytes, std::string_view word) {
        const auto structure = read(bytes);
        ASSERT_FALSE(structure) << word;
        EXPECT_EQ(structure.error().code, Code::InvalidArgument);
        EXPECT_NE(structure.error().message.find(word), std::string::npos) << structure.error().message;
    }
    PrivateFolder folder_;
};

std::string le(std::uint64_t value, int size) {
    std::string out;
    for (int i = 0; i < size; ++i)
        out += static_cast<char>((value >> (8 * i)) & 0xffU);
    return out;
}

struct Field {
    int tag, type;
    std::uint32_t count, value;
};

/// A classic little-endian TIFF of one directory.
std::string hand_made(const std::vector<Field>& fields, std::uint32_t next = 0) {
    std::string out = "II*" + std::string(1, '\0') + le(8, 4) + le(fields.size(), 2);
    for (const Field& field : fields)
        out += le(static_cast<std::uint64_t>(field.tag), 2) + le(static_cast<std::uint64_t>(field.type), 2) +
               le(field.count, 4) + le(field.value, 4);
    return out + le(next, 4);
}

TEST_F(TiffStructureOf, AnEditedFileIsNoCloudOptimizedOne) {
    for (const char* const big : {"BIGTIFF=NO", "BIGTIFF=YES"}) {
        DrawnRaster raster;
        raster.driver = "COG";
        raster.options = {big};
        std::string bytes = drawn(raster);
        EXPECT_TRUE(is_cloud_optimized(*read(bytes)));
        const std::string kept = "KNOWN_INCOMPATIBLE_EDITION=NO\n ", edited = "KNOWN_INCOMPATIBLE_EDITION=YES\n";
        ASSERT_NE(bytes.find(kept), std::string::npos);
        bytes.replace(bytes.find(kept), kept.size(), edited);
        EXPECT_FALSE(is_cloud_optimized(*read(bytes)));
    }
}

TEST_F(TiffStructureOf, PlainAndBigFilesOfEitherByteOrderIsRead) {
    for (const char* const option : {"BIGTIFF=NO", "BIGTIFF=YES", "ENDIANNESS=BIG", "TILED=YES"}) {
        DrawnRaster raster;
        raster.options = {option};
        const auto structure = read(drawn(raster));
        ASSERT_TRUE(structure) << option << structure.error().message;
        EXPECT_EQ(structure->images.front().width, 64U);
        EXPECT_GE(structure->images.front().decoded_bytes, 64U * 64U);
    }
}

TEST_F(TiffStructureOf, ATruncatedFileSaysHowManyBytesAreMissing) {
    DrawnRaster raster;
    raster.options = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"};
    const std::string whole = drawn(raster);
    ASSERT_TRUE(read(whole));
    const auto cut = read(whole.substr(0, whole.size() - 100));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().message, "The GeoTIFF is truncated: tile 15 ends at byte " + std::to_string(whole.size()) +
                                       ", but the file has " + std::to_string(whole.size() - 100) +
                                       " bytes (100 are missing). Upload it again, or check it with gdalinfo.");
    for (std::size_t length = 1; length < whole.size(); length += 37)
        EXPECT_FALSE(read(whole.substr(0, length))) << length;
}

TEST_F(TiffStructureOf, AShortLastStripMayBeListedAsAFullOne) {
    // 5 rows of 4 bytes in strips of 3 rows: the second has 2, but is listed with 12 bytes.
    const auto file = [](int compression, std::size_t bytes) {
        const std::uint32_t lists = 8 + 2 + 8 * 12 + 4, pixels = lists + 16;
        return hand_made({{256, 4, 1, 4},
                          {257, 4, 1, 5},
                          {258, 3, 1, 8},
                          {259, 3, 1, static_cast<std::uint32_t>(compression)},
                          {273, 4, 2, lists},
                          {277, 3, 1, 1},
                          {278, 4, 1, 3},
                          {279, 4, 2, lists + 8}}) +
               le(pixels, 4) + le(pixels + 12, 4) + le(12, 4) + le(12, 4) + std::string(bytes, 'x');
    };
    const auto whole = read(file(1, 20));
    EXPECT_TRUE(whole) << whole.error().message;
    expect_refused(file(1, 19), "truncated");
    expect_refused(file(8, 20), "truncated");
}

TEST_F(TiffStructureOf, TilesMayBeListedUnderTheTagsOfStrips) {
    DrawnRaster raster;
    raster.options = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"};
    std::string bytes = drawn(raster);
    for (const auto& [from, to] : {std::pair{324, 273}, std::pair{325, 279}}) {
        const auto find = [&](int type) {
            return bytes.find(le(static_cast<std::uint64_t>(from), 2) + le(static_cast<std::uint64_t>(type), 2) +
                              le(16, 4));
        };
        const std::size_t at = std::min(find(3), find(4)); // 16 shorts or longs
        ASSERT_NE(at, std::string::npos);
        bytes.replace(at, 2, le(static_cast<std::uint64_t>(to), 2));
    }
    const auto structure = read(bytes);
    ASSERT_TRUE(structure) << structure.error().message;
    EXPECT_TRUE(structure->images.front().tiled);
    EXPECT_EQ(structure->images.front().blocks, 16);
}

TEST_F(TiffStructureOf, LoopsAndWildOffsetsAreRefused) {
    const std::vector<Field> one_pixel = {{256, 4, 1, 1}, {257, 4, 1, 1}, {273, 4, 1, 8}, {279, 4, 1, 1}};
    ASSERT_TRUE(read(hand_made(one_pixel)));
    expect_refused(hand_made(one_pixel, 8), "circle");
    expect_refused(hand_made(one_pixel, 0x7fffffff), "truncated");
    expect_refused(hand_made({{256, 4, 1, 1}, {257, 4, 1, 1}, {273, 4, 1, 0xffffff00}, {279, 4, 1, 0xffffffff}}),
                   "strip 0");
    expect_refused(hand_made({{256, 4, 1, 1}, {257, 4, 1, 1}}), "does not say");
    expect_refused(hand_made({{256, 4, 1, 0}, {257, 4, 1, 1}, {273, 4, 1, 8}}), "no width");
    expect_refused(hand_made({{256, 4, 1, 64}, {257, 4, 1, 64}, {278, 4, 1, 1}, {273, 4, 1, 8}, {279, 4, 1, 1}}),
                   "needs 64 strips");
    expect_refused(hand_made({}), "0 entries");
}

TEST_F(TiffStructureOf, DeclaredSizesBeyondTheLimitsAreRefused) {
    expect_refused(hand_made({{256, 4, 1, 0x7fffffff}, {257, 4, 1, 0x7fffffff}, {273, 4, 1, 8}, {279, 4, 1, 1}}),
                   "pixels");
    expect_refused(hand_made({{256, 4, 1, 1}, {257, 4, 1, 1}, {277, 3, 1, 65535}, {273, 4, 1, 8}, {279, 4, 1, 1}}),
                   "65535 bands");
    expect_refused(
        hand_made(
            {{256, 4, 1, 60000}, {257, 4, 1, 60000}, {258, 3, 1, 8}, {259, 3, 1, 8}, {273, 4, 1, 8}, {279, 4, 1, 9}}),
        "strip of the GeoTIFF decodes to");
    expect_refused(hand_made({{256, 4, 1, 60000}, {257, 4, 1, 60000}, {258, 3, 1, 8}, {273, 4, 1, 8}, {279, 4, 1, 9}}),
                   "more than 1000 times");
}

TEST_F(TiffStructureOf, ASparseGiantIsWelcome) {
    DrawnRaster raster;
    raster.width = raster.height = 40000;
    const std::string path = folder_ / "sparse.tif";
    register_drivers();
    const std::array<const char*, 4> options = {"TILED=YES", "SPARSE_OK=TRUE", "COMPRESS=DEFLATE", nullptr};
    DatasetHandle(GetGDALDriverManager()->GetDriverByName("GTiff")->Create(path.c_str(), 40000, 40000, 1, GDT_Byte,
                                                                           const_cast<char**>(options.data())))
        .reset();
    const auto file = FileReader::open(path);
    ASSERT_TRUE(file);
    const auto structure = read_tiff_structure(*file);
    ASSERT_TRUE(structure) << structure.error().message;
    EXPECT_EQ(structure->images.front().sparse_blocks, structure->images.front().blocks);
}

TEST_F(TiffStructureOf, ACloudOptimizedFileIsToldFromOthers) {
    DrawnRaster raster;
    raster.width = raster.height = 1100;
    raster.driver = "COG";
    const auto cog = read(drawn(raster));
    ASSERT_TRUE(cog) << cog.error().message;
    EXPECT_TRUE(is_cloud_optimized(*cog));
    raster.driver = "GTiff";
    raster.options = {"TILED=YES"};
    EXPECT_FALSE(is_cloud_optimized(*read(drawn(raster)))) << "no overviews";
    raster.options = {};
    raster.width = raster.height = 300;
    EXPECT_FALSE(is_cloud_optimized(*read(drawn(raster)))) << "strips";
}

TEST_F(TiffStructureOf, AFlippedByteIsRefusedWithASentenceOrLeavesASoundStructure) {
    DrawnRaster raster;
    raster.options = {"TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "BIGTIFF=YES"};
    const std::string whole = drawn(raster);
    const auto good = read(whole);
    ASSERT_TRUE(good);
    const TiffImage& first = good->images.front();
    std::size_t refused = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(whole.size(), 700); ++i) {
        std::string bad = whole;
        bad[i] = static_cast<char>(~bad[i]);
        const auto structure = read(bad);
        if (!structure) {
            ++refused;
            ASSERT_LT(i, first.first_data_offset) << "a pixel tells nothing of the structure";
            ASSERT_FALSE(structure.error().message.empty()) << i;
            continue;
        }
        ASSERT_FALSE(structure->images.empty()) << i;
        for (const TiffImage& image : structure->images) {
            ASSERT_GT(image.width * image.height * image.samples * image.bits, 0U) << i;
            ASSERT_GE(image.blocks, image.sparse_blocks) << i;
            ASSERT_LE(image.first_data_offset, whole.size()) << i;
        }
        const TiffImage& image = structure->images.front();
        if (i >= first.first_data_offset) {
            ASSERT_EQ(std::tie(image.width, image.height, image.blocks, image.decoded_bytes),
                      std::tie(first.width, first.height, first.blocks, first.decoded_bytes));
        }
    }
    EXPECT_GT(refused, 50U);
}

} // namespace
} // namespace landfall::raster
