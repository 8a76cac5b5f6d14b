#include "raster/vector/mvt.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

using namespace std::string_literals;

std::string bytes_of(std::initializer_list<int> bytes) {
    std::string out;
    for (const int byte : bytes)
        out += static_cast<char>(byte);
    return out;
}

MvtFeature feature(MvtType type, std::vector<MvtPath> paths) {
    MvtFeature out;
    out.type = type;
    out.paths = std::move(paths);
    return out;
}

/// The geometry of the only feature of a layer `l` without attributes.
std::string geometry_of(const MvtFeature& one) {
    const std::string tile = encode_mvt({{"l", {}, {one}}});
    // Layer, its version and name, then the feature: its type, then the field of the geometry.
    const auto at = tile.find(bytes_of({0x18, static_cast<int>(one.type), 0x22}));
    EXPECT_NE(at, std::string::npos);
    const auto length = static_cast<std::size_t>(tile.at(at + 3));
    return tile.substr(at + 4, length);
}

// The examples of section 4.3.5 of the specification.
TEST(EncodeMvt, WritesTheGeometriesOfTheSpecification) {
    EXPECT_EQ(geometry_of(feature(MvtType::Point, {{{25, 17}}})), bytes_of({9, 50, 34}));
    EXPECT_EQ(geometry_of(feature(MvtType::Point, {{{5, 7}, {3, 2}}})), bytes_of({17, 10, 14, 3, 9}));
    EXPECT_EQ(geometry_of(feature(MvtType::Line, {{{2, 2}, {2, 10}, {10, 10}}})),
              bytes_of({9, 4, 4, 18, 0, 16, 16, 0}));
    EXPECT_EQ(geometry_of(feature(MvtType::Line, {{{2, 2}, {2, 10}, {10, 10}}, {{1, 1}, {3, 5}}})),
              bytes_of({9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8}));
    EXPECT_EQ(geometry_of(feature(MvtType::Polygon, {{{3, 6}, {8, 12}, {20, 34}}})),
              bytes_of({9, 6, 12, 18, 10, 12, 24, 44, 15}));
}

TEST(EncodeMvt, SharesKeysAndValuesAndLeavesOutWhatNobodyUses) {
    MvtFeature first = feature(MvtType::Point, {{{1, 1}}}), second = first;
    first.id = 7;
    first.tags = {{2, MvtValue("same"s)}, {0, MvtValue(std::int64_t{-1})}};
    second.tags = {{2, MvtValue("same"s)}, {0, MvtValue(true)}};
    const std::string tile = encode_mvt({{"layer", {"zero", "unused", "two"}, {first, second}}, {"empty", {"k"}, {}}});
    const auto count = [&](std::string_view text) {
        int found = 0;
        for (auto at = tile.find(text); at != std::string::npos; at = tile.find(text, at + 1))
            ++found;
        return found;
    };
    EXPECT_EQ(count("same"), 1);
    EXPECT_EQ(count("two"), 1);
    EXPECT_EQ(count("unused"), 0);
    EXPECT_EQ(count("empty"), 0);
    EXPECT_TRUE(encode_mvt({}).empty());
    EXPECT_TRUE(encode_mvt({{"empty", {}, {}}}).empty());
}

} // namespace
} // namespace landfall::raster
