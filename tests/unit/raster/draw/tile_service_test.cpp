#include "imagery/tile_request.hpp"
#include "raster/draw/tile_service.hpp"
#include "raster/open/fd_filesystem.hpp"
#include "raster/vocabulary.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>

namespace landfall::raster {
namespace {

using namespace testing;

const TileAddress kTile{10, 535, 358, 256};

int open_file(const std::string& path) {
    return open(path.c_str(), O_RDONLY | O_CLOEXEC);
}
bool is_open(int descriptor) {
    return fcntl(descriptor, F_GETFD) >= 0;
}

TileOrder request_for(const std::string& source, std::vector<std::string> files, const std::string& driver = "GTiff") {
    TileRequest tile;
    tile.source = source;
    tile.driver = driver;
    tile.z = kTile.z;
    tile.x = kTile.x;
    tile.y = kTile.y;
    tile.format = TileFormat::Png;
    return {tile, {}, {}, std::move(files)};
}

class TileServiceTest : public ::testing::Test {
protected:
    void SetUp() override {
        DatasetHandle dataset =
            draw({.bands = 3, .transform = over_tile(kTile, 256), .value = [](int band, double, double) {
                      return band * 60;
                  }});
        write_as(*dataset, path_, "GTiff", {"TILED=YES"});
    }
    TemporaryFolder folder_;
    std::string path_ = folder_.path() + "/input.tif";
};

TEST_F(TileServiceTest, OpensByDescriptorsOnceAndThenKnowsTheSource) {
    TileService service;
    EXPECT_EQ(service.handle(request_for("a", {}), {}).error().code, Code::NotFound);
    auto answer = service.handle(request_for("a", {"input.tif"}), {open_file(path_)});
    ASSERT_TRUE(answer) << answer.error().message << answer.error().cause;
    EXPECT_EQ(answer->format, TileFormat::Png);
    EXPECT_FALSE(answer->empty);
    EXPECT_EQ(pixel_at(decode(answer->bytes), 9, 9), rgba(60, 120, 180));
    std::filesystem::remove(path_);
    const auto again = service.handle(request_for("a", {}), {});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->bytes, answer->bytes);
}

TEST_F(TileServiceTest, ClosesDescriptorsThatItDoesNotNeed) {
    TileService service;
    ASSERT_TRUE(service.handle(request_for("a", {"input.tif"}), {open_file(path_)}));
    const int second = open_file(path_);
    ASSERT_TRUE(service.handle(request_for("a", {"input.tif"}), {second}));
    EXPECT_FALSE(is_open(second));
    const int fourth = open_file(path_);
    EXPECT_FALSE(service.handle(request_for("b", {"input.tif"}, "VRT"), {fourth}));
    EXPECT_FALSE(is_open(fourth));
    const int fifth = open_file(path_);
    EXPECT_FALSE(service.handle(request_for("b", {"../input.tif"}), {fifth}));
    EXPECT_FALSE(is_open(fifth));
}

TEST_F(TileServiceTest, ForgetsTheSourceThatWasUsedLongestAgo) {
    TileService service(2);
    std::vector<int> descriptors;
    for (const std::string id : {"a", "b"}) {
        descriptors.push_back(open_file(path_));
        ASSERT_TRUE(service.handle(request_for(id, {"input.tif"}), {descriptors.back()}));
    }
    ASSERT_TRUE(service.handle(request_for("a", {}), {}));
    ASSERT_TRUE(service.handle(request_for("c", {"input.tif"}), {open_file(path_)}));
    EXPECT_FALSE(is_open(descriptors[1]));
    EXPECT_TRUE(service.handle(request_for("a", {}), {}));
    EXPECT_EQ(service.handle(request_for("b", {}), {}).error().code, Code::NotFound);
}

TEST_F(TileServiceTest, ReadsSidecarsFromTheirDescriptors) {
    DatasetHandle dataset = draw({.transform = {0, 1, 0, 0, 0, 1}, .value = [](int, double, double) { return 77; }});
    const std::string picture = folder_.path() + "/plain.png";
    write_as(*dataset, picture, "PNG");
    std::filesystem::remove(picture + ".aux.xml");
    const auto t = over_tile(kTile, 256);
    std::ofstream(folder_.path() + "/plain.wld") << std::fixed << t[1] << "\n0\n0\n"
                                                 << t[5] << "\n"
                                                 << t[0] + t[1] / 2 << "\n"
                                                 << t[3] + t[5] / 2 << "\n";
    std::ofstream(folder_.path() + "/plain.aux.xml") << "<PAMDataset><SRS>EPSG:3857</SRS></PAMDataset>";
    TileService service;
    const auto answer = service.handle(
        request_for("p", {"input.png", "input.wld", "input.png.aux.xml"}, "PNG"),
        {open_file(picture), open_file(folder_.path() + "/plain.wld"), open_file(folder_.path() + "/plain.aux.xml")});
    ASSERT_TRUE(answer) << answer.error().message << answer.error().cause;
    EXPECT_EQ(pixel_at(decode(answer->bytes), 128, 128), rgba(77, 77, 77));
}

TEST_F(TileServiceTest, AnswersABrokenFileWithASentence) {
    const std::string path = folder_.path() + "/broken.tif";
    std::ofstream(path) << "II*\0nonsense";
    TileService service;
    const auto answer = service.handle(request_for("x", {"input.tif"}), {open_file(path)});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::InvalidArgument);
    EXPECT_EQ(answer.error().message, "The file can't be read as a picture.");
}

TEST_F(TileServiceTest, ShowsOnlyWhatIsRegistered) {
    auto folder = DescriptorFolder::make({{"input.tif", open_file(path_)}, {"input.wld", open_file(path_)}});
    ASSERT_TRUE(folder);
    const std::string inside = folder->path_of("input.tif");
    VSIStatBufL status{};
    EXPECT_EQ(VSIStatL(inside.c_str(), &status), 0);
    EXPECT_EQ(static_cast<std::uintmax_t>(status.st_size), std::filesystem::file_size(path_));
    EXPECT_NE(VSIStatL(folder->path_of("other.tif").c_str(), &status), 0);
    EXPECT_NE(VSIStatL((inside + "/../../1").c_str(), &status), 0);
    const std::string parent = inside.substr(0, inside.rfind('/'));
    char** names = VSIReadDir(parent.c_str());
    EXPECT_EQ(CSLCount(names), 2);
    CSLDestroy(names);
    EXPECT_EQ(VSIFOpenL(inside.c_str(), "r+b"), nullptr);
    EXPECT_EQ(VSIFOpenL(inside.c_str(), "wb"), nullptr);
    VSILFILE* file = VSIFOpenL(inside.c_str(), "rb");
    ASSERT_NE(file, nullptr);
    char head[4] = {};
    EXPECT_EQ(VSIFReadL(head, 1, 2, file), 2U);
    EXPECT_EQ(std::string(head), "II");
    VSIFSeekL(file, 0, SEEK_END);
    EXPECT_EQ(VSIFTellL(file), std::filesystem::file_size(path_));
    EXPECT_EQ(VSIFReadL(head, 1, 1, file), 0U);
    EXPECT_TRUE(VSIFEofL(file));
    VSIFCloseL(file);
    EXPECT_FALSE(DescriptorFolder::make({{"a.tif", open_file(path_)}, {"a.tif", -1}}));
    EXPECT_FALSE(DescriptorFolder::make({{"a/b.tif", open_file(path_)}}));
}

} // namespace
} // namespace landfall::raster
