#include "raster/open/crs.hpp"
#include "unit/raster/drawn_zip.hpp"
#include "unit/raster/gdal_drawing.hpp"
#include "unit/raster/uploaded.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <sstream>

namespace landfall::raster {
namespace {

using landfall::testing::PrivateFolder;

class Probe : public ::testing::Test {
protected:
    static void expect_refused(const Result<Facts>& facts, std::string_view word) {
        ASSERT_FALSE(facts) << word;
        EXPECT_EQ(facts.error().code, Code::InvalidArgument) << facts.error().cause;
        EXPECT_NE(facts.error().message.find(word), std::string::npos) << facts.error().message;
        EXPECT_EQ(facts.error().message.find("/tmp"), std::string::npos) << "no path reaches the user";
    }
    PrivateFolder folder_;
};

TEST_F(Probe, NodataNanAndMaskAreLeftOutOfStatistics) {
    DrawnRaster raster;
    raster.type = GDT_Float32;
    raster.nodata = -9999;
    raster.value = [](int x, int y, int) {
        return y < 32 ? -9999.0 : x == 0 ? std::numeric_limits<double>::quiet_NaN() : 5.0 + x % 2;
    };
    const auto facts = probe_uploaded({{"dem.tif", drawn(raster)}});
    ASSERT_TRUE(facts) << facts.error().message;
    const BandStatistics& found = *facts->raster->bands[0].statistics;
    EXPECT_EQ(found.min, 5);
    EXPECT_EQ(found.max, 6);
    EXPECT_NEAR(found.valid, 0.5 * 63 / 64, 1e-12);
    EXPECT_EQ(facts->epsg, 32632);
    EXPECT_TRUE(facts->raster->renderable);
}

TEST_F(Probe, InfraredThatIsMarkedAsAlphaHidesNothing) {
    for (const GDALDataType type : {GDT_Byte, GDT_UInt16}) {
        DrawnRaster raster;
        raster.bands = 4;
        raster.type = type;
        raster.value = [](int x, int y, int band) { return 10 + (x * band + 3 * y) % 200; };
        raster.finish = [](GDALDataset& dataset) { dataset.GetRasterBand(4)->SetColorInterpretation(GCI_AlphaBand); };
        const auto facts = probe_uploaded({{"naip.tif", drawn(raster)}});
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_EQ(facts->raster->bands[3].name, "nir");
        EXPECT_TRUE(has_infrared_alpha(*facts));
        EXPECT_FALSE(facts->raster->has_mask);
        ASSERT_EQ(facts->warnings.size(), 1U);
        EXPECT_NE(facts->warnings[0].find("infrared"), std::string::npos);
    }
}

TEST_F(Probe, AlphaHidesWhereverItStandsAndAmongHoweverManyBands) {
    for (const int alpha : {3, 6}) {
        DrawnRaster raster;
        raster.type = GDT_UInt16;
        raster.bands = 6;
        raster.value = [alpha](int x, int y, int band) { return y >= 4 ? 0.0 : band == alpha ? 65535.0 : 10000.0 + x; };
        raster.finish = [alpha](GDALDataset& dataset) {
            dataset.GetRasterBand(alpha)->SetColorInterpretation(GCI_AlphaBand);
        };
        const auto facts = probe_uploaded({{"alpha.tif", drawn(raster)}});
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_TRUE(facts->raster->has_mask);
        for (int band = 1; band <= 6; ++band) {
            if (band == alpha)
                continue;
            const auto& found = facts->raster->bands[static_cast<std::size_t>(band) - 1].statistics;
            ASSERT_TRUE(found) << band;
            EXPECT_EQ(found->valid, 0.0625) << band << " with alpha in " << alpha;
            EXPECT_EQ(found->min, 10000);
            EXPECT_EQ(found->max, 10063);
        }
    }
}

TEST_F(Probe, ANodataValueOfFloatsMayHaveOtherLastDigitsThanThePixels) {
    DrawnRaster raster;
    raster.type = GDT_Float32;
    raster.nodata = -3.40282306074e38;
    raster.value = [](int x, int y, int) { return y < 32 ? -3.4028234663852886e38 : 5.0 + x % 2; };
    const auto facts = probe_uploaded({{"dem.tif", drawn(raster)}});
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->raster->bands[0].statistics->min, 5);
    EXPECT_EQ(facts->raster->bands[0].statistics->valid, 0.5);
}

TEST_F(Probe, AMaskOutranksNodata) {
    DrawnRaster raster;
    raster.nodata = 0;
    raster.value = [](int x, int, int) { return x < 48 ? 0 : x; };
    const auto facts = probe_uploaded({{"a.tif", drawn(raster)}, {"a.tif.msk", drawn(masks_of_bands(1))}});
    ASSERT_TRUE(facts) << facts.error().message;
    const BandStatistics& found = *facts->raster->bands[0].statistics;
    EXPECT_EQ(found.min, 0);
    EXPECT_NEAR(found.valid, 0.5 * 63 / 64, 1e-12);
}

TEST_F(Probe, EachBandIsMeasuredWhereItsOwnMaskIsOpen) {
    DrawnRaster raster;
    raster.bands = 2;
    raster.value = [](int x, int, int) { return x; };
    const auto facts = probe_uploaded({{"a.tif", drawn(raster)}, {"a.tif.msk", drawn(masks_of_bands(2))}});
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_TRUE(facts->raster->has_mask);
    for (std::size_t band = 0; band < 2; ++band) {
        const BandStatistics& found = *facts->raster->bands[band].statistics;
        EXPECT_EQ(found.min, 32);
        EXPECT_EQ(found.max, 63);
        EXPECT_NEAR(found.valid, 0.5 * (63 - static_cast<double>(band)) / 64, 1e-12);
    }
    ASSERT_EQ(facts->warnings.size(), 1U);
    EXPECT_NE(facts->warnings[0].find("mask of its own"), std::string::npos);
}

TEST_F(Probe, TheReasonForNoMapIsTheOneThatCounts) {
    DrawnRaster raster;
    raster.transform = {1e300, 10, 0, 5000000, 0, -10};
    const auto facts = probe_uploaded({{"a.tif", drawn(raster)}});
    ASSERT_TRUE(facts) << facts.error().message;
    ASSERT_EQ(facts->warnings.size(), 2U);
    EXPECT_NE(facts->raster->not_drawn.find("no georeference"), std::string::npos) << facts->raster->not_drawn;
    EXPECT_EQ(facts_from_text(schema::to_json_text(*facts))->raster->not_drawn, facts->raster->not_drawn);
}

TEST_F(Probe, KmlThatIsNoXmlIsCalledThat) {
    expect_refused(
        probe_uploaded({{"a.kml", "<kml><Placemark><Point><coordinates>8,47</coordinates></Placemark></kml>"}}),
        "not well-formed");
    expect_refused(
        probe_uploaded({{"a.kml", "<kml><NetworkLink><Link><href>http://a/b</href></Link></NetworkLink></kml>"}}),
        "Network links");
}

TEST_F(Probe, ADamagedBlockIsNamed) {
    DrawnRaster raster;
    raster.options = {"TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "COMPRESS=DEFLATE"};
    std::string bytes = drawn(raster);
    PrivateFolder place;
    landfall::testing::write_bytes(place / "x.tif", bytes);
    const auto structure = read_tiff_structure(*FileReader::open(place / "x.tif"));
    ASSERT_TRUE(structure);
    const std::size_t first = structure->images[0].first_data_offset;
    for (std::size_t i = first; i < first + 40; ++i)
        bytes[i] = static_cast<char>(0xff);
    expect_refused(probe_uploaded({{"dem.tif", bytes}}), "column 0, row 0");
}

TEST_F(Probe, ARasterWithoutGeoreferenceOrSystemSaysSo) {
    DrawnRaster raster;
    raster.epsg = 0;
    const auto no_crs = probe_uploaded({{"a.tif", drawn(raster)}});
    ASSERT_TRUE(no_crs);
    EXPECT_FALSE(no_crs->geometry || no_crs->raster->renderable);
    EXPECT_TRUE(no_crs->raster->transform);
    raster.transform.reset();
    const auto nowhere = probe_uploaded({{"a.tif", drawn(raster)}});
    ASSERT_TRUE(nowhere);
    EXPECT_FALSE(nowhere->raster->transform);
    EXPECT_FALSE(nowhere->warnings.empty());
    const std::string prj = "PROJCS[\"WGS_1984_UTM_Zone_32N\",GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID["
                            "\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\","
                            "0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\","
                            "500000.0],PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",9.0],PARAMETER["
                            "\"Scale_Factor\",0.9996],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]";
    const auto placed =
        probe_uploaded({{"a.tif", drawn(raster)}, {"a.tfw", "10\n0\n0\n-10\n500005\n4999995\n"}, {"a.prj", prj}});
    ASSERT_TRUE(placed) << placed.error().message;
    EXPECT_TRUE(placed->raster->renderable);
    EXPECT_EQ(placed->epsg, 32632);
}

TEST_F(Probe, BandsAreNamedByDescriptionRoleOrNumberAndUniquely) {
    DrawnRaster raster;
    raster.bands = 4;
    raster.finish = [](GDALDataset& dataset) {
        dataset.GetRasterBand(1)->SetDescription("nir");
        dataset.GetRasterBand(2)->SetDescription("nir");
        dataset.GetRasterBand(3)->SetDescription("\xff broken");
    };
    const auto facts = probe_uploaded({{"a.tif", drawn(raster)}});
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->raster->bands[0].name, "nir");
    EXPECT_EQ(facts->raster->bands[1].name, "nir_2");
    EXPECT_EQ(facts->raster->bands[2].name, "\xef\xbf\xbd broken");
    EXPECT_EQ(facts->raster->bands[3].name, "b4");
}

TEST_F(Probe, ClassesAreToldByHintOrByFewByteValues) {
    DrawnRaster raster;
    raster.value = [](int x, int, int) { return x % 5; };
    EXPECT_TRUE(probe_uploaded({{"a.tif", drawn(raster)}})->raster->looks_categorical);
    raster.value = [](int x, int y, int) { return (x + y) % 100; };
    EXPECT_FALSE(probe_uploaded({{"a.tif", drawn(raster)}})->raster->looks_categorical);
    EXPECT_TRUE(probe_uploaded({{"a.tif", drawn(raster)}}, true)->raster->looks_categorical);
}

TEST_F(Probe, BeyondTheBudgetASampleIsRead) {
    DrawnRaster raster;
    raster.width = raster.height = 512;
    raster.options = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"};
    ProbeBudgets budgets;
    budgets.scan.full_bytes = 1000;
    const auto facts = probe_uploaded({{"a.tif", drawn(raster)}}, false, budgets);
    ASSERT_TRUE(facts);
    EXPECT_TRUE(facts->raster->sampled_only);
    EXPECT_FALSE(facts->raster->bands[0].statistics->exact);
    EXPECT_NEAR(facts->raster->bands[0].statistics->mean, 97, 15);
}

TEST_F(Probe, ProgressCanStopIt) {
    const PrivateFolder place;
    landfall::testing::write_bytes(place / "input.tif", drawn({}));
    ProbeRequest request;
    request.folder = place.str();
    request.file = "input.tif";
    const auto stopped = probe(request, [](double, std::string_view) { return false; });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::Canceled);
}

TEST_F(Probe, HostileFilesAreRefusedWithASentence) {
    expect_refused(probe_uploaded({{"a.tif", "<VRTDataset rasterXSize='1' rasterYSize='1'/>"}}), "VRT");
    expect_refused(probe_uploaded({{"a.tif", ""}}), "empty");
    expect_refused(probe_uploaded({{"a.png", "\x89PNG\r\n\x1a\n garbage"}}), "PNG");
    expect_refused(probe_uploaded({{"a.json", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":"}}), "GeoJSON");
    expect_refused(probe_uploaded({{"a.tif", drawn({})},
                                   {"a.tif.aux.xml", "<PAMDataset><Metadata domain=\"OVERVIEWS\">"
                                                     "<MDI key=\"OVERVIEW_FILE\">/etc/x</MDI>"
                                                     "</Metadata></PAMDataset>"}}),
                   ".aux.xml");
    DrawnZip shape;
    shape.add({.name = "notes.txt", .content = "nothing here"});
    expect_refused(probe_uploaded({{"a.zip", shape.bytes()}}), "no raster or vector");
    std::string tile = drawn({});
    expect_refused(probe_uploaded({{"a.tif", tile.substr(0, tile.size() / 2)}}), "truncated");
    ProbeRequest request;
    request.folder = folder_.str();
    request.file = "../etc/passwd";
    EXPECT_EQ(probe(request, {}).error().code, Code::Internal);
}

TEST_F(Probe, TheTaskAnswersFactsThatTheirTableAllows) {
    const PrivateFolder place;
    landfall::testing::write_bytes(place / "input.tif", drawn({}));
    ProbeArguments arguments;
    arguments.files = {"input.tif", {}, "a.tif"};
    const auto facts = probe_task(place.str(), arguments, {});
    ASSERT_TRUE(facts) << facts.error().message;
    const auto read = schema::read_answer<Facts>("probe", schema::to_json_text(*facts));
    ASSERT_TRUE(read) << read.error().cause;
    EXPECT_EQ(schema::to_json_text(*read), schema::to_json_text(*facts));
    EXPECT_FALSE(facts_from_text("{}"));
}

TEST_F(Probe, AZippedGeotiffIsProbedWithItsSidecarsAndWithoutItsBrowsePicture) {
    DrawnRaster raster;
    raster.transform.reset();
    DrawnZip zip;
    zip.add({.name = "scene/a.tif", .content = drawn(raster), .deflate = true});
    zip.add({.name = "scene/a.tfw", .content = "10\n0\n0\n-10\n500005\n4999995\n"});
    zip.add({.name = "scene/browse.jpg", .content = "\xff\xd8\xff\xe0 picture"});
    const auto facts = probe_uploaded({{"scene.zip", zip.bytes()}});
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->driver, "GTiff");
    EXPECT_TRUE(facts->raster->transform);
    EXPECT_FALSE(facts->warnings.empty());
}

TEST_F(Probe, WhatCannotBeReadAloneIsNoCog) {
    DrawnRaster raster;
    raster.driver = "COG";
    const std::string cog = drawn(raster);
    EXPECT_TRUE(probe_uploaded({{"a.tif", cog}})->raster->is_cog);
    DrawnZip zip;
    zip.add({.name = "a.tif", .content = cog});
    const auto packed = probe_uploaded({{"a.zip", zip.bytes()}});
    ASSERT_TRUE(packed) << packed.error().message;
    EXPECT_FALSE(packed->raster->is_cog);
    raster.epsg = 0;
    const auto placed = probe_uploaded({{"a.tif", drawn(raster)},
                                        {"a.prj", "Projection    UTM\nZone          32\nDatum "
                                                  "        WGS84\nUnits         METERS\n"}});
    ASSERT_TRUE(placed) << placed.error().message;
    EXPECT_TRUE(placed->raster->renderable);
    EXPECT_FALSE(placed->raster->is_cog);
}

TEST_F(Probe, ACameraModelPlacesWhatNothingElseDoes) {
    const auto facts = probe_uploaded({{"a.tif", drawn(camera_picture())}});
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_TRUE(facts->raster->renderable);
    EXPECT_EQ(facts->epsg, 4326);
    ASSERT_TRUE(facts->bbox);
    EXPECT_NEAR((*facts->bbox)[0], 20.0, 1e-3);
    EXPECT_NEAR((*facts->bbox)[1], 49.9, 1e-3);
    EXPECT_NEAR((*facts->bbox)[2], 20.1, 1e-3);
    EXPECT_NEAR((*facts->bbox)[3], 50.0, 1e-3);
    EXPECT_FALSE(facts->warnings.empty());
}

/// A camera model as the text of a _RPC.TXT file.
std::string rpc_text() {
    std::string text;
    for (const auto& [name, value] : camera_model()) {
        if (name.find("COEFF") == std::string::npos) {
            text += fmt::format("{}: {}\n", name, value);
            continue;
        }
        std::istringstream terms(value);
        std::string term;
        for (int i = 1; terms >> term; ++i)
            text += fmt::format("{}_{}: {}\n", name, i, term);
    }
    return text;
}

/// A camera model as the text of a .RPB file.
std::string rpb_text() {
    static constexpr std::array kNames = {"lineOffset",  "sampOffset",  "latOffset",   "longOffset", "heightOffset",
                                          "lineScale",   "sampScale",   "latScale",    "longScale",  "heightScale",
                                          "lineNumCoef", "lineDenCoef", "sampNumCoef", "sampDenCoef"};
    std::string text = "satId = \"QB02\";\nbandId = \"P\";\nSpecId = \"RPC00B\";\nBEGIN_GROUP = IMAGE\n"
                       "\terrBias = 1.0;\n\terrRand = 0.0;\n";
    std::size_t index = 0;
    for (const auto& [name, value] : camera_model()) {
        std::string list = value;
        if (name.find("COEFF") != std::string::npos) {
            list.pop_back();
            for (std::size_t at = 0; (at = list.find(' ', at)) != std::string::npos; at += 3)
                list.replace(at, 1, ",\n ");
            list = "(\n" + list + ")";
        }
        text += fmt::format("\t{} = {};\n", kNames.at(index++), list);
    }
    return text + "END_GROUP = IMAGE\nEND;\n";
}

TEST_F(Probe, ACameraModelMayLieBesideThePicture) {
    const std::string picture = drawn(unplaced_picture());
    EXPECT_FALSE(probe_uploaded({{"a.tif", picture}})->bbox);
    for (const UploadedFile& sidecar : {UploadedFile{"a_RPC.TXT", rpc_text()}, UploadedFile{"a.RPB", rpb_text()}}) {
        const auto facts = probe_uploaded({{"a.tif", picture}, sidecar});
        ASSERT_TRUE(facts) << facts.error().message;
        ASSERT_TRUE(facts->bbox) << sidecar.name;
        EXPECT_NEAR((*facts->bbox)[0], 20.0, 2e-3) << sidecar.name;
        EXPECT_NEAR((*facts->bbox)[3], 50.0, 2e-3) << sidecar.name;
    }
}

TEST_F(Probe, KeysThatContradictTheirCodeCountAndTheCodeIsDropped) {
    DrawnRaster raster;
    raster.epsg = 0;
    raster.finish = [](GDALDataset& dataset) {
        OGRSpatialReference crs;
        crs.SetWellKnownGeogCS("WGS84");
        crs.SetTM(0, 9, 0.9996, 600000, 0);
        dataset.SetSpatialRef(&crs);
    };
    std::string bytes = drawn(raster);
    // The key of the projected system: user-defined (32767) becomes EPSG:32632, whose false easting is 500000.
    const std::size_t key = bytes.find(std::string_view("\x00\x0c\x00\x00\x01\x00\xff\x7f", 8));
    ASSERT_NE(key, std::string::npos);
    bytes[key + 6] = 0x78;
    const auto facts = probe_uploaded({{"a.tif", bytes}});
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_FALSE(facts->epsg);
    EXPECT_NEAR((*facts->bbox)[0], 9 - 100000 / 79000.0, 0.1);
    ASSERT_EQ(facts->warnings.size(), 1U);
    EXPECT_NE(facts->warnings[0].find("EPSG:32632"), std::string::npos);
}

TEST_F(Probe, ANodataValueThatThePixelsCannotHaveIsLeftOut) {
    struct Case {
        GDALDataType type;
        double nodata;
        bool kept;
    };
    for (const auto& [type, nodata, kept] :
         {Case{GDT_Byte, -10000, false}, Case{GDT_Byte, 255, true}, Case{GDT_Byte, 256, false},
          Case{GDT_Byte, 0.5, false}, Case{GDT_UInt16, -1, false}, Case{GDT_Int16, -32768, true},
          Case{GDT_Int16, 40000, false}, Case{GDT_Float32, -9999, true}}) {
        DrawnRaster raster;
        raster.type = type;
        raster.nodata = nodata;
        const auto facts = probe_uploaded({{"a.tif", drawn(raster)}});
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_EQ(facts->raster->bands[0].nodata.has_value(), kept) << GDALGetDataTypeName(type) << " " << nodata;
    }
}

TEST_F(Probe, ARefusalNamesTheFormatAsPeopleDo) {
    const auto broken = probe_uploaded({{"a.jp2", std::string("\0\0\0\x0cjP  \r\n\x87\n", 12) + "nothing"}});
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("JPEG 2000"), std::string::npos) << broken.error().message;
    EXPECT_EQ(broken.error().message.find("OpenJPEG"), std::string::npos) << broken.error().message;
}

} // namespace
} // namespace landfall::raster
