#include "raster/open/crs.hpp"
#include "unit/raster/gdal_drawing.hpp"
#include "unit/raster/uploaded.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

namespace landfall::raster {
namespace {

using landfall::testing::PrivateFolder;
using landfall::testing::read_bytes;

TEST(VectorProbe, FeaturesOneALineAndEsriJsonAreRead) {
    const auto feature = [](int i, std::size_t filler) {
        return fmt::format(R"({{"type":"Feature","properties":{{"note":"{}"}},"geometry":{{"type":"Point",)"
                           R"("coordinates":[{},50]}}}})",
                           std::string(filler, 'x'), i);
    };
    const std::string esri =
        R"({"geometryType":"esriGeometryPoint","spatialReference":{"wkid":4326},"fields":[],"features":[)"
        R"({"attributes":{},"geometry":{"x":10,"y":50}},{"attributes":{},"geometry":{"x":11,"y":50}}]})";
    struct Case {
        std::string text, driver, media_type;
    };
    for (const Case& item :
         {Case{feature(10, 1) + "\n" + feature(11, 1) + "\n", "GeoJSONSeq", "application/geo+json-seq"},
          Case{feature(10, 9000) + "\n" + feature(11, 9000) + "\n", "GeoJSONSeq", "application/geo+json-seq"},
          Case{"\x1e" + feature(10, 1) + "\n\x1e" + feature(11, 1) + "\n", "GeoJSONSeq", "application/geo+json-seq"},
          Case{esri, "ESRIJSON", "application/json"}}) {
        const auto facts = probe_uploaded({{"a.json", item.text}});
        ASSERT_TRUE(facts) << facts.error().message << facts.error().cause;
        EXPECT_EQ(facts->driver, item.driver);
        EXPECT_EQ(facts->media_type, item.media_type);
        ASSERT_EQ(facts->vector->layers.size(), 1U);
        EXPECT_EQ(facts->vector->layers[0].feature_count, 2);
        EXPECT_NEAR((*facts->bbox)[0], 10, 1e-5);
        EXPECT_NEAR((*facts->bbox)[2], 11, 1e-5);
    }
}

TEST(VectorProbe, FieldsBeyondWhatADocumentHoldsAreToldAsACount) {
    std::string fields;
    for (int i = 0; i < 500; ++i)
        fields += fmt::format(R"({}"{}{}":1)", i == 0 ? "" : ",", i, std::string(400, 'f'));
    const auto facts =
        probe_uploaded({{"wide.geojson", R"({"type":"Feature","properties":{)" + fields +
                                             R"(},"geometry":{"type":"Point","coordinates":[10,50]}})"}});
    ASSERT_TRUE(facts) << facts.error().message << facts.error().cause;
    const LayerFacts& layer = facts->vector->layers.at(0);
    EXPECT_EQ(layer.field_count, 500);
    EXPECT_GT(layer.fields.size(), 400U);
    EXPECT_LT(layer.fields.size(), 500U);
    EXPECT_LE(schema::to_json_text(facts->vector->layers).size(), kMaxLayerText);
    EXPECT_EQ(facts->vector->layer_count, 1);
}

TEST(VectorProbe, LayersBeyondWhatADocumentHoldsAreToldAsACount) {
    std::string folders;
    for (int i = 0; i < 300; ++i)
        folders += fmt::format("<Folder><name>{}{}</name><Placemark><Point><coordinates>{},50</coordinates></Point>"
                               "</Placemark></Folder>",
                               i, std::string(900, 'n'), 5 + i % 10);
    const auto facts =
        probe_uploaded({{"many.kml", R"(<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">)"
                                     "<Document>" +
                                         folders + "</Document></kml>"}});
    ASSERT_TRUE(facts) << facts.error().message << facts.error().cause;
    EXPECT_EQ(facts->vector->layer_count, 300);
    EXPECT_LT(facts->vector->layers.size(), 300U);
    EXPECT_GT(facts->vector->layers.size(), 100U);
    EXPECT_LE(schema::to_json_text(facts->vector->layers).size(), kMaxLayerText);
}

TEST(VectorProbe, RastersBesideTheFeaturesOfAGeopackageAreNamed) {
    register_drivers();
    const PrivateFolder folder;
    const std::string path = folder / "both.gpkg";
    {
        GDALDriver* const driver = GetGDALDriverManager()->GetDriverByName("GPKG");
        const std::array<const char*, 2> options = {"RASTER_TABLE=pictures", nullptr};
        const DatasetHandle raster(
            driver->Create(path.c_str(), 64, 64, 1, GDT_Byte, const_cast<char**>(options.data())));
        std::array<double, 6> transform = {8, 0.01, 0, 47, 0, -0.01};
        raster->SetGeoTransform(transform.data());
        raster->SetSpatialRef(wgs84().get());
    }
    {
        const DatasetHandle file(GDALDataset::Open(path.c_str(), GDAL_OF_VECTOR | GDAL_OF_UPDATE));
        OGRLayer* const layer = file->CreateLayer("roads", wgs84().get(), wkbPoint);
        OGRFeature feature(layer->GetLayerDefn());
        const OGRPoint point(8.5, 47.4);
        feature.SetGeometry(&point);
        ASSERT_EQ(layer->CreateFeature(&feature), OGRERR_NONE);
    }
    const auto facts = probe_uploaded({{"both.gpkg", read_bytes(path)}});
    ASSERT_TRUE(facts) << facts.error().message;
    ASSERT_EQ(facts->warnings.size(), 1U);
    EXPECT_NE(facts->warnings[0].find("\"pictures\""), std::string::npos) << facts->warnings[0];
    EXPECT_EQ(facts->vector->layers.size(), 1U);
}

} // namespace
} // namespace landfall::raster
