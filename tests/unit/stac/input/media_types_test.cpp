#include "stac/input/media_types.hpp"

#include <gtest/gtest.h>

namespace landfall::stac {
namespace {

TEST(MediaTypes, AreNormalized) {
    EXPECT_EQ(normalized_media_type("image/TIFF;application=geotiff; Profile=cloud-optimized"),
              "image/tiff; application=geotiff; profile=cloud-optimized");
    EXPECT_EQ(normalized_media_type("image/tiff; profile=cloud-optimized; application=geotiff"),
              "image/tiff; application=geotiff; profile=cloud-optimized");
}

TEST(MediaTypes, OffTheListOrMalformedAreNone) {
    for (const char* text : {"image/webp", "", "image/tiff; application=\"geotiff\"", "image/tiff; application=GeoTIFF",
                             "image/tiff; application", "image/tiff; application=geotiff; application=geotiff"})
        EXPECT_EQ(normalized_media_type(text), std::nullopt) << text;
}

TEST(MediaTypes, HaveTheirExtensions) {
    EXPECT_EQ(extension_of("a.b.tiff"), ".tiff");
    EXPECT_TRUE(has_extension("image/tiff; application=geotiff", ".tif"));
    EXPECT_FALSE(has_extension("image/tiff; application=geotiff", ".zip"));
    EXPECT_FALSE(is_known_extension(""));
    EXPECT_FALSE(is_known_extension(".exe"));
}

} // namespace
} // namespace landfall::stac
