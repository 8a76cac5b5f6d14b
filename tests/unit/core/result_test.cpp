#include "core/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace landfall {
namespace {

Result<int> half(int value) {
    if (value % 2 != 0)
        return fail(Code::InvalidArgument, "odd");
    return value / 2;
}

Result<int> quarter(int value) {
    TRY(const int once, half(value));
    CHECK_OK(half(once));
    return once / 2;
}

TEST(Try, GivesTheValueOrPassesTheErrorOn) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().message, "odd");
    EXPECT_EQ(quarter(7).error().code, Code::InvalidArgument);
}

TEST(Try, MovesValuesThatCannotBeCopied) {
    const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
    const auto pass = [&]() -> Result<std::unique_ptr<int>> {
        TRY(auto made, make());
        return made;
    };
    EXPECT_EQ(**pass(), 7);
}

TEST(Fail, NamesTheFaultyField) {
    const Status refused = fail_field("bbox", "wrong");
    ASSERT_EQ(refused.error().fields.size(), 1U);
    EXPECT_EQ(refused.error().fields[0].path, std::vector<std::string>{"bbox"});
    EXPECT_EQ(refused.error().fields[0].type, "value_error");
    EXPECT_EQ(refused.error().fields[0].message, "wrong");
}

TEST(Fail, KeepsAnInternalCauseOutOfTheMessage) {
    const Status broken = fail_internal("disk /secret is on fire");
    EXPECT_EQ(broken.error().code, Code::Internal);
    EXPECT_EQ(broken.error().message.find("secret"), std::string::npos);
    EXPECT_EQ(broken.error().cause, "disk /secret is on fire");
}

TEST(CodeName, IsUniqueForEveryCode) {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Code::Internal); ++code)
        names.insert(code_name(static_cast<Code>(code)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::Internal) + 1);
    EXPECT_EQ(names.count(""), 0U);
}

} // namespace
} // namespace landfall
