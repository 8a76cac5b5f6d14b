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

} // namespace
} // namespace landfall::schema
