#include "imagery/expression.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace landfall::imagery {
namespace {

BandNames landsat() {
    BandNames names(6);
    names.add("blue", 1);
    names.add("green", 2);
    names.add("red", 3);
    names.add("NIR", 4);
    names.add("B10", 2);
    return names;
}

/// Band n has the value n * 10 plus the position.
float evaluate(const std::string& text, std::size_t position = 0) {
    const auto expression = Expression::compile(text, landsat());
    EXPECT_TRUE(expression) << text << ": " << (expression ? "" : expression.error().message);
    if (!expression)
        return -1;
    std::vector<std::vector<float>> planes;
    std::vector<const float*> pointers;
    for (const int band : expression->bands()) {
        planes.emplace_back(3000);
        for (std::size_t i = 0; i < planes.back().size(); ++i)
            planes.back()[i] = static_cast<float>(band * 10) + static_cast<float>(i);
    }
    for (const auto& plane : planes)
        pointers.push_back(plane.data());
    std::vector<float> out(3000);
    expression->run(pointers, out);
    return out[position];
}

std::string error_of(const std::string& text) {
    const auto expression = Expression::compile(text, landsat());
    EXPECT_FALSE(expression) << text;
    return expression ? "" : expression.error().message;
}

TEST(Expression, FollowsTheUsualPrecedence) {
    const std::vector<std::pair<std::string, float>> cases = {
        {"b1 + b2 * 2", 50},
        {"(b1 + b2) * 2", 60},
        {"-b1 ** 2", -100},
        {"2 ** 3 ** 2 + 0 * b1", 512},
        {"b2 ** -1", 0.05F},
        {"b3 - b2 - b1", 0},
        {"b3 / b1 / 3", 1},
        {"--b1", 10},
        {"b1 < b2", 1},
        {"b1 + 5 >= b2", 0},
        {"b1 == 10", 1},
        {"b1 != 10", 0},
        {"abs(-b1)", 10},
        {"sqrt(b1 * b1)", 10},
        {"min(b3, b2, b1)", 10},
        {"max(b1, b2, 100)", 100},
        {"where(b1 > 5, b2, b3)", 20},
        {"clip(b3, 0, 25)", 25},
        {"log10(b1) + exp(0)", 2},
        {"log(exp(b1)) / b1", 1},
        {"1.5e1 - b1", 5},
        {".5 * b1", 5},
        {"clip(max(b1, b2), b1 + 1, min(b3, 15 + b1))", 20},
    };
    for (const auto& [text, value] : cases)
        EXPECT_NEAR(evaluate(text), value, 1e-4) << text;
}

TEST(Expression, FindsBandsByNumberNameAndRoleInAnyCase) {
    EXPECT_FLOAT_EQ(evaluate("(nir - Red) / (NIR + RED)"), 10.0F / 70.0F);
    EXPECT_FLOAT_EQ(evaluate("B4"), 40);
    EXPECT_FLOAT_EQ(evaluate("B10"), 20) << "a band's own name beats its number when written in capitals";
    const auto used = Expression::compile("b5 - b1 + b5", landsat());
    ASSERT_TRUE(used);
    EXPECT_EQ(used->bands(), (std::vector<int>{1, 5}));
}

TEST(Expression, RunsOverManyBlocks) {
    for (const std::size_t position : {0U, 1023U, 1024U, 2047U, 2999U})
        EXPECT_FLOAT_EQ(evaluate("b2 - b1 / 2", position), 20 + static_cast<float>(position) / 2 - 5) << position;
}

TEST(Expression, MakesNodataOfWhatIsNoNumber) {
    for (const std::string text :
         {"b1 / (b1 - 10)", "sqrt(-b1)", "log(b1 - 10)", "exp(b6 * 1000)", "1 / (1 / (b1 - 10))",
          "where(sqrt(-b1), 1, 2)", "sqrt(-b1) < 1", "min(b1, sqrt(-b1))", "max(sqrt(-b1), b1)", "(b1 - 20) ** 0.5"})
        EXPECT_TRUE(std::isnan(evaluate(text))) << text;
    EXPECT_FLOAT_EQ(evaluate("where(b1 > 5, 1, sqrt(-b1))"), 1) << "the branch not taken does not count";
}

TEST(Expression, SaysWhereItWentWrong) {
    EXPECT_EQ(error_of("b1 + purple"),
              "Unknown band 'purple' at position 6. Known bands: b1 to b6, blue, green, red, NIR, B10.");
    EXPECT_EQ(error_of("b7"), "Unknown band 'b7' at position 1. Known bands: b1 to b6, blue, green, red, NIR, B10.");
    EXPECT_EQ(error_of("b1 + )"), "Unexpected ')' at position 6 of the expression.");
    EXPECT_EQ(error_of("(b1"), "The expression ends too early: ')' is missing.");
    EXPECT_NE(error_of("b1 +").find("ends too early"), std::string::npos);
    EXPECT_NE(error_of("system(b1)").find("Unknown function 'system'"), std::string::npos);
    EXPECT_NE(error_of("where(b1)").find("takes 3 values, not 1"), std::string::npos);
    EXPECT_NE(error_of("1 + 2").find("uses no band"), std::string::npos);
    EXPECT_NE(error_of("b1 b2").find("Unexpected 'b' at position 4"), std::string::npos);
    EXPECT_NE(error_of("b1.__class__").find("Unexpected"), std::string::npos);
    EXPECT_NE(error_of("1e999 * b1").find("not a number"), std::string::npos);
}

TEST(Expression, BoundsLengthAndDepth) {
    EXPECT_NE(error_of(std::string(1001, '1')).find("1000 characters"), std::string::npos);
    EXPECT_NE(error_of(std::string(60, '(') + "b1" + std::string(60, ')')).find("50 deep"), std::string::npos);
    EXPECT_NE(error_of(std::string(400, '-') + "b1").find("50 deep"), std::string::npos);
    std::string powers = "b1";
    for (int i = 0; i < 200; ++i)
        powers += "**b1";
    EXPECT_NE(error_of(powers).find("50 deep"), std::string::npos);
    EXPECT_FLOAT_EQ(evaluate(std::string(45, '(') + "b1" + std::string(45, ')')), 10);
    std::string sum = "b1";
    while (sum.size() < 990)
        sum += "+b1";
    EXPECT_GT(evaluate(sum), 3000);
}

} // namespace
} // namespace landfall::imagery
