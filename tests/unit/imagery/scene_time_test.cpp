#include "imagery/scene_time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace landfall::imagery {
namespace {

std::string text(const std::optional<Timestamp>& at) {
    return at ? format_rfc3339(*at) : "";
}
/// `start/end`, or one of them if they are the same.
std::string range(const std::optional<SceneTime>& time) {
    if (!time)
        return "";
    return time->start == time->end ? text(time->start) : text(time->start) + "/" + text(time->end);
}

TEST(SceneTimeText, IsReadInTheFormsOfItsFormats) {
    struct Case {
        const char* written;
        const char* meant;
    };
    for (const auto& [written, meant] : {
             Case{"2018:07:16 06:06:23", "2018-07-16T06:06:23.000000Z"},
             Case{"2018:07:16 06:06:23+02:00", "2018-07-16T04:06:23.000000Z"},
             Case{"2018:07:16 06:06:23 -0330", "2018-07-16T09:36:23.000000Z"},
             Case{"2018:07:16 06:06:23Z", "2018-07-16T06:06:23.000000Z"},
             Case{"20180716060623", "2018-07-16T06:06:23.000000Z"},
             Case{"20180716T060623.25Z", "2018-07-16T06:06:23.250000Z"},
             Case{"2018-07-16T06:06:23.1234567Z", "2018-07-16T06:06:23.123456Z"},
             Case{"2018-07-16 06:06:23 UTC", "2018-07-16T06:06:23.000000Z"},
             Case{"2018-07-16T06:06Z", "2018-07-16T06:06:00.000000Z"},
             Case{"2018-07-16", "2018-07-16T00:00:00.000000Z"},
             Case{"1955:05:01 12:00:00", "1955-05-01T12:00:00.000000Z"},
             Case{"0000:00:00 00:00:00", ""},
             Case{"1970:01:01 00:00:00", ""},
             Case{"    :  :     :  :  ", ""},
             Case{"2018:13:16 06:06:23", ""},
             Case{"2018:07:16 26:06:23", ""},
             Case{"yesterday", ""},
             Case{"", ""},
         })
        EXPECT_EQ(text(parse_scene_time(written)), meant) << written;
}

TEST(SceneTimeText, OfANameIsWhatItsArchiveMeans) {
    struct Case {
        const char* stem;
        const char* meant;
    };
    for (const auto& [stem, meant] : {
             Case{"LC08_L1TP_195025_20200415_20200822_02_T1_B4", "2020-04-15T00:00:00.000000Z"},
             Case{"LE07_L2SP_013031_20030704_20200915_02_T1_SR_B1", "2003-07-04T00:00:00.000000Z"},
             Case{"LC80130312014113LGN00_B4", "2014-04-23T00:00:00.000000Z"},
             Case{"T32TMT_20200415T102021_B04_10m", "2020-04-15T10:20:21.000000Z"},
             Case{"S2A_MSIL2A_20200415T102021_N0214_R065_T32TMT_20200415T132021", "2020-04-15T10:20:21.000000Z"},
             Case{"S2B_31UFS_20200415_0_L2A", "2020-04-15T00:00:00.000000Z"},
             Case{"S2A_OPER_MSI_L1C_TL_SGS__20160206T161203_A003270_T32TMT_B01", ""},
             Case{"S1A_IW_GRDH_1SDV_20200415T053012_20200415T053037_032134_03B73A_9F4E",
                  "2020-04-15T05:30:12.000000Z/2020-04-15T05:30:37.000000Z"},
             Case{"s1a-iw-grd-vv-20200415t053012-20200415t053037-032134-03b73a-001",
                  "2020-04-15T05:30:12.000000Z/2020-04-15T05:30:37.000000Z"},
             Case{"S3A_OL_1_EFR____20200415T093012_20200415T093312_20200416T141312_0179",
                  "2020-04-15T09:30:12.000000Z/2020-04-15T09:33:12.000000Z"},
             Case{"20230615_103045_71_2479_3B_AnalyticMS_8b", "2023-06-15T10:30:45.710000Z"},
             Case{"20170415_102021_0e0d_3B_AnalyticMS", "2017-04-15T10:20:21.000000Z"},
             Case{"20200415_102021_ssc6_u0001_analytic", "2020-04-15T10:20:21.000000Z"},
             Case{"MOD09GA.A2020106.h18v04.006.2020108034832", "2020-04-15T00:00:00.000000Z"},
             Case{"HLS.S30.T32TMT.2020106T102021.v2.0.B04", "2020-04-15T10:20:21.000000Z"},
             Case{"20200415_102021", ""},
             Case{"20200415_102021_0001", ""},
             Case{"20201315_102021_0e0d_3B", ""},
             Case{"report_20200415", ""},
             Case{"Lake_195025_123456_20200415", ""},
             Case{"N10W110", ""},
             Case{"", ""},
         })
        EXPECT_EQ(range(time_of_scene_name(stem)), meant) << stem;
}

TEST(SceneTimeText, OfLandsatsMetadataIsTheCentreOfTheScene) {
    EXPECT_EQ(range(time_of_scene_metadata("GROUP = IMAGE_ATTRIBUTES\n    DATE_ACQUIRED = 2020-04-15\n"
                                           "    SCENE_CENTER_TIME = \"10:25:33.1234567Z\"\nEND\n")),
              "2020-04-15T10:25:33.123456Z");
    EXPECT_EQ(
        range(time_of_scene_metadata("  ACQUISITION_DATE = 1999-07-04\r\n  SCENE_CENTER_SCAN_TIME = 09:59:01.5Z\r\n")),
        "1999-07-04T09:59:01.500000Z");
    EXPECT_EQ(range(time_of_scene_metadata("DATE_ACQUIRED = 2020-04-15\n")), "2020-04-15T00:00:00.000000Z");
    EXPECT_FALSE(time_of_scene_metadata("some notes"));
    EXPECT_FALSE(time_of_scene_metadata("FILE_DATE_ACQUIRED = 2020-04-15"));
}

} // namespace
} // namespace landfall::imagery
