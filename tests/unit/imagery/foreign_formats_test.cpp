#include "imagery/sniff.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <string_view>

namespace landfall::imagery {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;

TEST(ForeignFormats, AreNamedWithTheCommandThatConvertsThem) {
    struct Case {
        std::string_view head, what, command;
    };
    for (const auto& [head, what, command] : {
             Case{"\x65\x02\0\0"sv, "an ECW image", "gdal_translate"},
             Case{"msid\1\0\0\0"sv, "a MrSID image", "gdal_translate"},
             Case{"PMTiles\3"sv, "a PMTiles tile set", "pmtiles convert"},
             Case{"LASF\0\0"sv, "point cloud", "pdal translate"},
             Case{"  0\r\nSECTION\r\n  2\r\nHEADER\r\n"sv, "a DXF drawing", "ogr2ogr"},
             Case{"999\nmade by hand\n0\nSECTION\n"sv, "a DXF drawing", "ogr2ogr"},
             Case{"AutoCAD Binary DXF\r\n"sv, "a DXF drawing", "ogr2ogr"},
             Case{"AC1027\0\0"sv, "a DWG drawing", "ogr2ogr"},
             Case{"7.5 46.9 540.1\n7.6 46.9 541.0\n7.7 46.9 530\n"sv, "(XYZ)", "gdal_translate"},
             Case{"x,y,z\n7.5,46.9,540.1\n7.6,46.9,541.0\n"sv, "(XYZ)", "gdal_grid"},
             Case{"name;lon;lat\nBern;7.4;46.9\nZurich;8.5;47.4\n"sv, "(CSV)", "ogr2ogr"},
             Case{"name,lon,lat\nBern,7.4,46.9\n\"Genève, Cornavin\",6.1,46.2\nChur,9.5,46.8\n"sv, "(CSV)", "ogr2ogr"},
         }) {
        const auto found = sniff(head, "scene.bin", head.size());
        ASSERT_FALSE(found) << head;
        EXPECT_THAT(found.error().message, HasSubstr(what));
        EXPECT_THAT(found.error().message, HasSubstr(command));
    }
}

TEST(ForeignFormats, ProseIsNoTable) {
    for (const std::string_view text :
         {"Dear reader, this is a note.\nIt has lines, of words, in it.\nBye.\n"sv, "notes"sv})
        EXPECT_THAT(sniff(text, "notes.txt", text.size()).error().message, HasSubstr("plain text"));
}

TEST(ForeignFormats, AnMbtilesFileIsOneByItsTables) {
    std::string file = "SQLite format 3";
    file.resize(100, '\0');
    file += "CREATE TABLE tiles(zoom_level integer,tile_column integer,tile_row integer,tile_data blob)"
            "CREATE TABLE metadata(name text,value text)";
    EXPECT_THAT(sniff(file, "a.mbtiles", file.size()).error().message, HasSubstr("an MBTiles tile set"));
}

TEST(ForeignFormats, AnAsciiGridHasItsHeaderInAnyOrder) {
    for (const std::string_view text :
         {"NROWS 4\nNCOLS 4\nXLLCORNER 0\n"sv, "xllcenter 0\nyllcenter 0\nncols 4\nnrows 4\n"sv,
          "cellsize 2\nncols 4\nnrows 4\n"sv}) {
        const auto found = sniff(text, "grid.asc", text.size());
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(found->driver, "AAIGrid");
    }
}

} // namespace
} // namespace landfall::imagery
