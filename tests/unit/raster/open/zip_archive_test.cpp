#include "raster/open/zip_archive.hpp"
#include "support/test_data.hpp"
#include "unit/raster/drawn_zip.hpp"

#include <gtest/gtest.h>

#include <set>

namespace landfall::raster {
namespace {

using landfall::testing::PrivateFolder;
using landfall::testing::read_bytes;
using landfall::testing::write_bytes;

class ZipArchive : public ::testing::Test {
protected:
    Result<std::vector<ZipEntry>> list(const DrawnZip& zip, const ZipLimits& limits = {}) {
        return list_bytes(zip.bytes(), limits);
    }
    Result<std::vector<ZipEntry>> list_bytes(const std::string& bytes, const ZipLimits& limits = {}) {
        write_bytes(folder_ / "input.zip", bytes);
        TRY(const FileReader file, FileReader::open(folder_ / "input.zip"));
        return list_zip(file, limits);
    }
    void expect_refused(const DrawnZip& zip, std::string_view word) {
        const auto entries = list(zip);
        ASSERT_FALSE(entries) << word;
        EXPECT_EQ(entries.error().code, Code::InvalidArgument);
        EXPECT_NE(entries.error().message.find(word), std::string::npos) << entries.error().message;
    }
    PrivateFolder folder_;
};

TEST_F(ZipArchive, ListsAndUnpacksStoredAndDeflatedFiles) {
    DrawnZip zip;
    zip.add({.name = "folder/"});
    zip.add({.name = "folder/a.txt", .content = "hello"});
    zip.add({.name = "b.bin", .content = std::string(100'000, 'x'), .deflate = true});
    const auto entries = list(zip);
    ASSERT_TRUE(entries) << entries.error().message;
    ASSERT_EQ(entries->size(), 2U);
    const auto file = FileReader::open(folder_ / "input.zip");
    EXPECT_EQ(*peek_zip(*file, (*entries)[1], 10), "xxxxxxxxxx");
    ASSERT_TRUE(unpack_zip(*file, (*entries)[0], folder_ / "a"));
    ASSERT_TRUE(unpack_zip(*file, (*entries)[1], folder_ / "b"));
    EXPECT_EQ(read_bytes(folder_ / "a"), "hello");
    EXPECT_EQ(read_bytes(folder_ / "b"), std::string(100'000, 'x'));
    EXPECT_FALSE(unpack_zip(*file, (*entries)[0], folder_ / "a")) << "never overwrites";
}

TEST_F(ZipArchive, ReadsTheSeparatorOfWindowsAsItsOwn) {
    DrawnZip zip;
    zip.add({.name = "data\\"});
    zip.add({.name = "data\\roads.shp", .content = "x"});
    const auto entries = list(zip);
    ASSERT_TRUE(entries) << entries.error().message;
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ((*entries)[0].name, "data/roads.shp");
    zip.add({.name = "data/roads.shp", .content = "y"});
    expect_refused(zip, "twice");
}

TEST_F(ZipArchive, RefusesNamesThatLeadOut) {
    for (const char* const name : {"../evil.tif", "a/../../evil.tif", "/etc/evil.tif", "C:evil.tif", "..\\evil.tif",
                                   "a\\..\\..\\evil.tif", "\\etc\\evil.tif", "C:\\evil.tif", "..", ""}) {
        DrawnZip zip;
        zip.add({.name = name, .content = "x"});
        expect_refused(zip, "leads out");
    }
}

TEST_F(ZipArchive, RefusesLinksEncryptionNestingAndRepetition) {
    DrawnZip link;
    link.add({.name = "a.tif", .content = "/etc/passwd", .unix_mode = 0120777});
    expect_refused(link, "link");
    DrawnZip secret;
    secret.add({.name = "a.tif", .content = "x", .flags = 1});
    expect_refused(secret, "encrypted");
    DrawnZip nested;
    nested.add({.name = "inner.ZIP", .content = "x"});
    expect_refused(nested, "another archive");
    DrawnZip twice;
    twice.add({.name = "a", .content = "x"});
    twice.add({.name = "a", .content = "y"});
    expect_refused(twice, "twice");
}

TEST_F(ZipArchive, RefusesBombs) {
    DrawnZip many;
    for (int i = 0; i < 1001; ++i)
        many.add({.name = std::to_string(i)});
    expect_refused(many, "1001 entries");
    DrawnZip dense;
    dense.add({.name = "a", .content = std::string(70U << 20U, '\0'), .deflate = true});
    expect_refused(dense, "more than 100 times");
    DrawnZip claims;
    claims.add({.name = "a", .content = "x", .deflate = true, .claimed_size = 0xfffffffe});
    expect_refused(claims, "1024 MiB");
}

TEST_F(ZipArchive, RefusesOverlappingEntries) {
    DrawnZip zip;
    zip.add({.name = "a", .content = std::string(1000, 'x')});
    zip.add({.name = "b", .content = std::string(1000, 'x'), .header_offset = 10});
    expect_refused(zip, "overlap");
}

TEST_F(ZipArchive, ReportsDamageOfEveryKind) {
    DrawnZip zip;
    zip.add({.name = "a", .content = std::string(5000, 'x'), .deflate = true});
    const std::string good = zip.bytes();
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(list_bytes(good.substr(0, length))) << length;
    DrawnZip wrong;
    wrong.add({.name = "a", .content = "hello", .claimed_crc = 1});
    const auto entries = list(wrong);
    ASSERT_TRUE(entries);
    const auto file = FileReader::open(folder_ / "input.zip");
    EXPECT_FALSE(unpack_zip(*file, entries->front(), folder_ / "out"));
    DrawnZip longer;
    longer.add({.name = "a", .content = std::string(5000, 'x'), .deflate = true, .claimed_size = 4000});
    const auto liar = list(longer);
    ASSERT_TRUE(liar);
    const auto again = FileReader::open(folder_ / "input.zip");
    EXPECT_FALSE(unpack_zip(*again, liar->front(), folder_ / "out2"));
}

TEST_F(ZipArchive, AFlippedByteIsRefusedWithASentenceOrChangesNoContent) {
    const std::set<std::string> contents = {std::string(300, 'x'), "1 2 3 4 5 6"};
    DrawnZip zip;
    zip.add({.name = "a.tif", .content = std::string(300, 'x'), .deflate = true});
    zip.add({.name = "b.tfw", .content = "1 2 3 4 5 6"});
    const std::string good = zip.bytes();
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(~bad[i]);
        const auto entries = list_bytes(bad);
        if (!entries) {
            ASSERT_FALSE(entries.error().message.empty()) << i;
            continue;
        }
        ASSERT_LE(entries->size(), 2U) << i;
        const auto file = FileReader::open(folder_ / "input.zip");
        for (const ZipEntry& entry : *entries) {
            const auto content = peek_zip(*file, entry, 4096);
            if (!content)
                ASSERT_FALSE(content.error().message.empty()) << i;
            else
                ASSERT_TRUE(contents.contains(*content)) << i;
        }
    }
}

} // namespace
} // namespace landfall::raster
