#include "schema/task_spec.hpp"

#include <gtest/gtest.h>

namespace landfall::schema {
namespace {

TEST(CheckedRefusal, LetsAWorkerRefuseOrFailAndNothingElse) {
    for (const Code code : {Code::InvalidArgument, Code::NotFound, Code::Unsupported, Code::Canceled})
        EXPECT_EQ(checked_refusal(Error(code, "A sentence")).code, code);
    for (const Code code :
         {Code::Unauthenticated, Code::PermissionDenied, Code::ResourceExhausted, Code::Unavailable}) {
        const Error error = checked_refusal(Error(code, "A sentence"));
        EXPECT_EQ(error.code, Code::Internal);
        EXPECT_NE(error.cause.find("A sentence"), std::string::npos);
    }
}

TEST(ReadAnswer, CountsValuesBeforeATreeIsMadeOfThem) {
    const auto list = [](std::size_t values) {
        std::string text = "[0";
        while (text.size() + 1 < 2 * values)
            text += ",0";
        return text + "]";
    };
    EXPECT_TRUE(parse_answer(list(99), 100));
    const auto refused = parse_answer(list(101), 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::PayloadTooLarge);
    const auto lie = read_answer<Json>("probe", list(kMaxAnswerValues + 1));
    ASSERT_FALSE(lie);
    EXPECT_EQ(lie.error().code, Code::Internal);
    EXPECT_NE(lie.error().cause.find("1048576 values"), std::string::npos) << lie.error().cause;
    std::string deep;
    for (int i = 0; i < 1000; ++i)
        deep += "[";
    EXPECT_FALSE(read_answer<Json>("probe", deep)) << "depth is bounded by the parser";
}

} // namespace
} // namespace landfall::schema
