#include "unit/raster/gdal_drawing.hpp"
#include "unit/raster/uploaded.hpp"

#include <gtest/gtest.h>

#include <map>

namespace landfall::raster {
namespace {

TEST(Acquisition, TheTimeComesFromTheMostExactSource) {
    DrawnRaster raster;
    raster.finish = [](GDALDataset& dataset) {
        dataset.SetMetadataItem("TIFFTAG_DATETIME", "2018:07:16 06:06:23+02:00");
    };
    const std::string scene = "LC08_L1TP_195025_20200415_20200822_02_T1_B4.TIF";
    EXPECT_EQ(probe_uploaded({{"a.tif", drawn(raster)}})->datetime, "2018-07-16T04:06:23.000000Z");
    EXPECT_EQ(probe_uploaded({{scene, drawn(raster)}})->datetime, "2020-04-15T00:00:00.000000Z");
    EXPECT_EQ(probe_uploaded({{scene, drawn(raster)},
                              {"LC08_L1TP_195025_20200415_20200822_02_T1_MTL.txt",
                               "DATE_ACQUIRED = 2020-04-15\nSCENE_CENTER_TIME = \"10:25:33.1Z\"\n"}})
                  ->datetime,
              "2020-04-15T10:25:33.100000Z");
    const auto radar =
        probe_uploaded({{"s1a-iw-grd-vv-20200415t053012-20200415t053037-032134-03b73a-001.tiff", drawn(raster)}});
    EXPECT_FALSE(radar->datetime);
    EXPECT_EQ(radar->start_datetime, "2020-04-15T05:30:12.000000Z");
    EXPECT_EQ(radar->end_datetime, "2020-04-15T05:30:37.000000Z");
    EXPECT_FALSE(probe_uploaded({{"a.tif", drawn({})}})->datetime);
}

TEST(Acquisition, ACamerasTimeIsThatOfItsGpsOrItsZoneBeforeItsClock) {
    const auto taken = [&](const std::map<std::string, std::string>& items, const std::string& xmp = "") {
        DrawnRaster raster;
        raster.finish = [&](GDALDataset& dataset) {
            for (const auto& [name, value] : items)
                dataset.SetMetadataItem(name.c_str(), value.c_str());
            std::string packet = xmp;
            const std::array<char*, 2> packets = {packet.data(), nullptr};
            if (!xmp.empty())
                dataset.SetMetadata(const_cast<char**>(packets.data()), "xml:XMP");
        };
        return probe_uploaded({{"DJI_0042.tif", drawn(raster)}})->datetime.value_or("");
    };
    const std::string packet =
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description xmp:CreateDate=\"2023-06-15T10:20:21+02:00\" "
        "drone-dji:UTCAtExposure=\"2023-06-15T08:20:20.500\"/></x:xmpmeta>";
    const std::string zoned =
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><xmp:CreateDate>2023-06-15T10:20:21+02:00</xmp:CreateDate></x:xmpmeta>";
    EXPECT_EQ(taken({{"EXIF_DateTimeOriginal", "2023:06:15 10:20:21"}}), "2023-06-15T10:20:21.000000Z");
    EXPECT_EQ(taken({{"EXIF_DateTimeOriginal", "2023:06:15 10:20:21"}, {"EXIF_OffsetTimeOriginal", "+02:00"}}),
              "2023-06-15T08:20:21.000000Z");
    EXPECT_EQ(taken({{"EXIF_DateTimeOriginal", "2023:06:15 10:20:21"},
                     {"EXIF_GPSDateStamp", "2023:06:15"},
                     {"EXIF_GPSTimeStamp", "(8) (20) (20.25)"}}),
              "2023-06-15T08:20:20.250000Z");
    EXPECT_EQ(taken({{"EXIF_DateTimeOriginal", "2023:06:15 10:20:21"}}, zoned), "2023-06-15T08:20:21.000000Z");
    EXPECT_EQ(taken({{"EXIF_DateTimeOriginal", "2023:06:15 10:20:21"}}, packet), "2023-06-15T08:20:20.500000Z");
    EXPECT_EQ(taken({{"EXIF_DateTimeOriginal", "0000:00:00 00:00:00"}}), "");
}

} // namespace
} // namespace landfall::raster
