#include "raster/draw/encode.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

using namespace testing;

enum class Kind { Gray, Opaque, Alpha };

Picture picture_of(Kind kind, int width = 67, int height = 41) {
    Picture picture{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const auto a = static_cast<std::uint32_t>(x * 3 % 256), b = static_cast<std::uint32_t>((x * y + 7) % 256);
            if (kind == Kind::Gray)
                picture.pixels.push_back(a | a << 8 | a << 16 | 0xFF000000U);
            else
                picture.pixels.push_back(a | b << 8 | 90U << 16 | (kind == Kind::Opaque ? 255U : (b / 2 + 1)) << 24);
        }
    return picture;
}

TEST(Encode, PngKeepsEveryPixel) {
    Encoder encoder;
    for (const Kind kind : {Kind::Gray, Kind::Opaque, Kind::Alpha}) {
        const Picture picture = picture_of(kind);
        const auto bytes = encoder.encode(picture, TileFormat::Png, 80);
        ASSERT_TRUE(bytes);
        EXPECT_EQ(decode(*bytes).pixels, picture.pixels) << static_cast<int>(kind);
    }
}

TEST(Encode, WebpOfQuality100KeepsEveryPixel) {
    Encoder encoder;
    for (const Kind kind : {Kind::Opaque, Kind::Alpha}) {
        const Picture picture = picture_of(kind);
        EXPECT_EQ(decode(*encoder.encode(picture, TileFormat::Webp, 100)).pixels, picture.pixels);
    }
}

TEST(Encode, LossyFormatsComeCloseAndWebpKeepsAlpha) {
    Encoder encoder;
    Picture picture{64, 64, {}};
    for (std::uint32_t y = 0; y < 64; ++y)
        for (std::uint32_t x = 0; x < 64; ++x)
            picture.pixels.push_back((x * 4) | (y * 4) << 8 | 128U << 16 | (x < 32 ? 255U : 0U) << 24);
    const Picture webp = decode(*encoder.encode(picture, TileFormat::Webp, 82));
    const Picture jpeg = decode(*encoder.encode(picture, TileFormat::Jpeg, 82));
    for (int y = 0; y < 64; y += 7)
        for (int x = 0; x < 64; x += 3) {
            EXPECT_EQ(channel(pixel_at(webp, x, y), 3), x < 32 ? 255 : 0);
            for (int c = 0; c < 3 && x < 24; ++c) {
                EXPECT_NEAR(channel(pixel_at(webp, x, y), c), channel(pixel_at(picture, x, y), c), 14);
                EXPECT_NEAR(channel(pixel_at(jpeg, x, y), c), channel(pixel_at(picture, x, y), c), 14);
            }
            for (int c = 0; c < 3 && x >= 48; ++c)
                EXPECT_LE(channel(pixel_at(jpeg, x, y), c), 4) << "transparent is black in JPEG";
        }
}

TEST(Encode, EmptyTilesAreTransparentAndSmall) {
    Encoder encoder;
    for (const TileFormat format : {TileFormat::Png, TileFormat::Webp, TileFormat::Jpeg}) {
        const auto bytes = encoder.empty_tile(256, format);
        ASSERT_TRUE(bytes);
        EXPECT_LT(bytes->size(), 2500U);
        const Picture picture = decode(*bytes);
        EXPECT_EQ(picture.width, 256);
        EXPECT_EQ(count_transparent(picture), format == TileFormat::Jpeg ? 0U : 65'536U);
        EXPECT_EQ(*encoder.empty_tile(256, format), *bytes);
    }
}

TEST(Encode, RefusesAPictureWithoutPixels) {
    Encoder encoder;
    EXPECT_EQ(encoder.encode({0, 5, {}}, TileFormat::Png, 80).error().code, Code::InvalidArgument);
    EXPECT_EQ(encoder.encode({5, 5, {1, 2}}, TileFormat::Webp, 80).error().code, Code::InvalidArgument);
}

} // namespace
} // namespace landfall::raster
