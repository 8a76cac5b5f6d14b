#include "imagery/sniff.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace landfall::imagery {
namespace {

using namespace std::string_view_literals;

Result<Sniffed> sniff_text(std::string_view content, std::string_view name) {
    return sniff(content, name, content.size());
}

TEST(Sniff, TellsFormatsByTheirFirstBytesWhateverTheNameSays) {
    struct Case {
        std::string_view head, driver, safe_name;
    };
    const std::vector<Case> cases = {
        {"II*\0\x08\0\0\0"sv, "GTiff", "input.tif"},
        {"MM\0*\0\0\0\x08"sv, "GTiff", "input.tif"},
        {"II+\0\x08\0\0\0"sv, "GTiff", "input.tif"},
        {"MM\0+\0\x08\0\0"sv, "GTiff", "input.tif"},
        {"\0\0\0\x0cjP  \r\n\x87\n"sv, "JP2OpenJPEG", "input.jp2"},
        {"\xff\x4f\xff\x51\0"sv, "JP2OpenJPEG", "input.j2k"},
        {"\x89PNG\r\n\x1a\n"sv, "PNG", "input.png"},
        {"\xff\xd8\xff\xe0"sv, "JPEG", "input.jpg"},
        {"RIFF\x10\0\0\0WEBPVP8 "sv, "WEBP", "input.webp"},
        {"\x89HDF\r\n\x1a\n"sv, "netCDF", "input.nc"},
        {"CDF\x02"sv, "netCDF", "input.nc"},
        {"EHFA_HEADER_TAG\0"sv, "HFA", "input.img"},
        {"fgb\x03"
         "fgb\0"sv,
         "FlatGeobuf", "input.fgb"},
        {"PK\x03\x04"sv, "ZIP", "input.zip"},
        {"\xef\xbb\xbf  {\"features\":[],\"type\":\"FeatureCollection\"}"sv, "GeoJSON", "input.geojson"},
        {"<?xml version=\"1.0\"?><!-- c --><kml xmlns=\"x\">"sv, "KML", "input.kml"},
        {"<kml:kml xmlns:kml=\"x\">"sv, "KML", "input.kml"},
        {"{\"type\":\"Feature\",\"properties\":{\"type\":\"Topology\"}}"sv, "GeoJSON", "input.geojson"},
        {"{\"geometryType\":\"esriGeometryPoint\",\"features\":[]}"sv, "ESRIJSON", "input.json"},
        {"\x1e{\"type\":\"Feature\"}\n"sv, "GeoJSONSeq", "input.geojsons"},
        {"ncols 4\nnrows 4\nxllcorner 0\n"sv, "AAIGrid", "input.asc"},
    };
    for (const Case& known : cases) {
        const auto found = sniff_text(known.head, "holiday.doc");
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(found->driver, known.driver);
        EXPECT_EQ(found->safe_name, known.safe_name);
    }
}

TEST(Sniff, RefusesWhatHoldsNoDataAndSaysWhatItIs) {
    struct Case {
        std::string_view head, word;
    };
    const std::vector<Case> cases = {
        {"<VRTDataset rasterXSize=\"1\">"sv, "virtual dataset"},
        {"<?xml version='1.0'?>\n<svg xmlns='x'/>"sv, "SVG"},
        {"<!DOCTYPE html><html>"sv, "web page"},
        {"<html><body>404</body></html>"sv, "web page"},
        {"<!DOCTYPE kml [<!ENTITY a \"b\">]><kml/>"sv, "entity"},
        {"<kml><!ENTITY a 'b'></kml>"sv, "entity"},
        {"just some notes"sv, "plain text"},
        {"   \n\t "sv, "blank"},
        {"\x7f"
         "ELF\x02"sv,
         "a program"},
        {"%PDF-1.7"sv, "PDF"},
        {"{\"type\":\"Topology\"}"sv, "TopoJSON"},
        {"{\"name\":\"package\"}"sv, "not GeoJSON"},
        {"SQLite format 3\0\x10\0"sv, "SQLite"},
        {"\x1f\x8b\x08"sv, "gzip"},
    };
    for (const Case& bad : cases) {
        const auto found = sniff_text(bad.head, "scene.tif");
        ASSERT_FALSE(found) << bad.head;
        EXPECT_EQ(found.error().code, Code::InvalidArgument);
        EXPECT_NE(found.error().message.find(bad.word), std::string::npos) << found.error().message;
        EXPECT_EQ(found.error().message.find("scene.tif"), std::string::npos) << "the caller names the file";
    }
    EXPECT_FALSE(sniff("", "empty.tif", 0));
}

TEST(Sniff, GeojsonThatSaysSoLateIsFoundOrToldHowToSayItEarly) {
    const auto late = [](std::size_t filler) {
        return "{\"metadata\":\"" + std::string(filler, 'x') + "\",\"type\":\"FeatureCollection\",\"features\":[]}";
    };
    const auto head_of = [](const std::string& text) {
        return sniff(std::string_view(text).substr(0, kSniffBytes), "a.geojson", text.size());
    };
    EXPECT_EQ(head_of(late(5000))->driver, "GeoJSON");
    const auto refused = head_of(late(7000));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("before long members"), std::string::npos) << refused.error().message;
}

TEST(Sniff, FormatsHaveTheNamesThatPeopleKnow) {
    EXPECT_EQ(format_name("JP2OpenJPEG"), "JPEG 2000");
    EXPECT_EQ(format_name("GTiff"), "GeoTIFF");
    EXPECT_EQ(format_name("PNG"), "PNG");
}

TEST(Sniff, FindsDeclarationsHiddenInUtf16) {
    std::string wide = "\xff\xfe";
    for (const char c : std::string_view("<!DOCTYPE x><kml/>")) {
        wide += c;
        wide += '\0';
    }
    EXPECT_FALSE(sniff_text(wide, "a.kml"));
    EXPECT_TRUE(has_xml_declarations("<!eNtItY x"));
}

TEST(Sniff, KnowsAnSrtmTileBySizeAndNameAndKeepsTheNameThatPlacesIt) {
    const std::string head(kSniffBytes, '\0');
    const auto tile = sniff(head, "s33e018.HGT", 2ULL * 1201 * 1201);
    ASSERT_TRUE(tile);
    EXPECT_EQ(tile->driver, "SRTMHGT");
    EXPECT_EQ(tile->safe_name, "S33E018.hgt");
    EXPECT_FALSE(sniff(head, "s33e018.hgt", 1000));
    EXPECT_FALSE(sniff(head, "terrain.hgt", 2ULL * 1201 * 1201));
}

TEST(Sniff, AcceptsSidecarsOnlyWithTheContentTheirSuffixPromises) {
    EXPECT_EQ(sniff_text("30.0\n0\n0\n-30.0\n+5e5\n4.1e6\n", "a.tfw")->kind, FileKind::Sidecar);
    EXPECT_FALSE(sniff_text("30.0\n0\n0\n-30.0\n5e5\n", "a.tfw"));
    EXPECT_FALSE(sniff_text("1 2 3 4 5 nan", "a.wld"));
    EXPECT_TRUE(sniff_text("PROJCS[\"x\",GEOGCS[]]", "a.prj"));
    EXPECT_TRUE(sniff_text("1,\n0,\n0,\n-1,\n100,5\n200", "a.tfw"));
    EXPECT_TRUE(sniff_text("Projection    ALBERS   \nDatum         NAD83\n", "a.prj"));
    EXPECT_FALSE(sniff_text("/etc/passwd", "a.prj"));
    EXPECT_TRUE(sniff_text("<PAMDataset><SRS/></PAMDataset>", "a.tif.aux.xml"));
    EXPECT_FALSE(sniff_text("<VRTDataset/>", "a.tif.aux.xml"));
    EXPECT_FALSE(sniff_text("<!DOCTYPE x><PAMDataset/>", "a.tif.aux.xml"));
    EXPECT_TRUE(sniff_text("II*\0\x08\0\0\0"sv, "a.tif.ovr"));
    EXPECT_FALSE(sniff_text("<VRTDataset/>", "a.tif.ovr"));
    EXPECT_FALSE(sniff_text("<VRTDataset/>", "a.tif.msk"));
    EXPECT_TRUE(sniff_text("LINE_OFF: 49.5\n", "a_RPC.TXT"));
    EXPECT_TRUE(sniff_text("satId = \"QB02\";\nlineOffset = 49.5;\n", "a.RPB"));
    EXPECT_FALSE(sniff_text("just some notes", "a_rpc.txt"));
}

} // namespace
} // namespace landfall::imagery
