#include "raster/analyse/coverage.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace landfall::raster {
namespace {

using geo::Polygon;
using geo::Ring;

std::vector<double> row_of(Coverage& coverage, int row, int first, std::size_t width) {
    std::vector<double> fractions(width);
    coverage.fill(row, first, fractions);
    return fractions;
}

double area_of(const Ring& ring) {
    double sum = 0;
    for (std::size_t i = 1; i < ring.size(); ++i)
        sum += ring[i - 1].x * ring[i].y - ring[i].x * ring[i - 1].y;
    return std::abs(sum) / 2;
}

TEST(Coverage, OfATriangleIsWhatGeometryTells) {
    Coverage coverage({Polygon{{{0, 0}, {2, 0}, {0, 2}, {0, 0}}}});
    EXPECT_EQ(row_of(coverage, 0, 0, 3), (std::vector<double>{1, 0.5, 0}));
    EXPECT_EQ(row_of(coverage, 1, 0, 3), (std::vector<double>{0.5, 0, 0}));
    EXPECT_EQ(row_of(coverage, 2, 0, 3), (std::vector<double>{0, 0, 0}));
}

TEST(Coverage, CountsHolesInAnyDirectionAsNothing) {
    const Ring shell{{0, 0}, {4, 0}, {4, 3}, {0, 3}, {0, 0}};
    const Ring hole{{1, 1}, {2.5, 1}, {2.5, 2}, {1, 2}, {1, 1}};
    const Ring turned(hole.rbegin(), hole.rend());
    for (const Ring& inner : {hole, turned}) {
        Coverage coverage({Polygon{shell, inner}});
        EXPECT_EQ(row_of(coverage, 1, 0, 4), (std::vector<double>{1, 0, 0.5, 1}));
        EXPECT_EQ(row_of(coverage, 2, 0, 4), (std::vector<double>{1, 1, 1, 1}));
    }
}

TEST(Coverage, OfAWindowIsThatOfItsPartOfTheRow) {
    const Ring ring{{-5.3, 0.2}, {9.7, -1.4}, {12.1, 3.9}, {3.3, 2.2}, {-5.3, 0.2}};
    for (int row = 0; row < 4; ++row) {
        Coverage whole({Polygon{ring}}), part({Polygon{ring}});
        const auto all = row_of(whole, row, -8, 24), some = row_of(part, row, 2, 6);
        for (std::size_t i = 0; i < some.size(); ++i)
            EXPECT_NEAR(some[i], all[i + 10], 1e-12) << row << ' ' << i;
    }
}

TEST(Coverage, GoesBackToAnEarlierRow) {
    Coverage coverage({Polygon{{{0, 0}, {2, 0}, {0, 2}, {0, 0}}}});
    const auto first = row_of(coverage, 0, 0, 2);
    row_of(coverage, 1, 0, 2);
    EXPECT_EQ(row_of(coverage, 0, 0, 2), first);
}

TEST(Coverage, ThereAndBackAlongALineAddsNothing) {
    Coverage coverage({Polygon{{{1, 1}, {3, 1}, {7.5, 1.7}, {3, 1}, {3, 3}, {1, 3}, {1, 1}}}});
    EXPECT_EQ(row_of(coverage, 1, 0, 8), (std::vector<double>{0, 1, 1, 0, 0, 0, 0, 0}));
}

TEST(Coverage, OfRandomQuadranglesSumsUpToTheirArea) {
    std::mt19937 random(5);
    std::uniform_real_distribution<double> near(2, 18), far(22, 38);
    for (int round = 0; round < 50; ++round) {
        const double x = near(random), y = near(random);
        const Ring square{
            {x, near(random)}, {far(random), y}, {far(random), far(random)}, {near(random), far(random)}, {x, 0}};
        Ring closed = square;
        closed.back() = closed.front();
        Coverage coverage({Polygon{closed}});
        double sum = 0;
        for (int row = 0; row < 40; ++row) {
            const auto fractions = row_of(coverage, row, 0, 40);
            sum += std::accumulate(fractions.begin(), fractions.end(), 0.0);
            for (const double fraction : fractions) {
                EXPECT_GE(fraction, 0);
                EXPECT_LE(fraction, 1);
            }
        }
        EXPECT_NEAR(sum, area_of(closed), 1e-9);
    }
}

} // namespace
} // namespace landfall::raster
