#include "cli/api.hpp"
#include "cli/retry.hpp"

#include <gtest/gtest.h>

namespace landfall::cli {
namespace {

using std::chrono::milliseconds;

Error transient(int retry_after = 0) {
    Error error(Code::Unavailable, "no answer");
    error.retry_after_seconds = retry_after;
    return error;
}

TEST(Retry, WaitsDoubleUpToTheCap) {
    const RetryPolicy policy{.attempts = 10, .base = milliseconds(500), .cap = milliseconds(3000)};
    EXPECT_EQ(retry_delay(policy, 1, transient(), 0.0), milliseconds(250));
    EXPECT_EQ(retry_delay(policy, 1, transient(), 0.999999), milliseconds(499));
    EXPECT_EQ(retry_delay(policy, 2, transient(), 0.0), milliseconds(500));
    EXPECT_EQ(retry_delay(policy, 3, transient(), 0.5), milliseconds(1500));
    EXPECT_EQ(retry_delay(policy, 9, transient(), 0.0), milliseconds(1500));
}

TEST(Retry, ANoteEndsNoSentenceTwice) {
    const Error full(Code::Unavailable, "The server is busy. Try again.");
    EXPECT_EQ(retry_note(full, milliseconds(1500)), "The server is busy. Try again; trying again in 2 s");
    EXPECT_EQ(retry_note(transient(), milliseconds(1)), "no answer; trying again in 1 s");
}

TEST(Retry, TheLastTryIsNotFollowedByAnother) {
    const RetryPolicy policy{.attempts = 3};
    EXPECT_TRUE(retry_delay(policy, 2, transient(), 0).has_value());
    EXPECT_FALSE(retry_delay(policy, 3, transient(), 0).has_value());
    EXPECT_FALSE(retry_delay({.attempts = 1}, 1, transient(), 0).has_value());
}

TEST(Retry, TheServersWishIsHonouredUnlessItIsTooLong) {
    const RetryPolicy policy{};
    EXPECT_EQ(retry_delay(policy, 1, transient(7), 0), milliseconds(7000));
    EXPECT_FALSE(retry_delay(policy, 1, transient(3600), 0).has_value());
}

TEST(Retry, RefusalsAndLocalFaultsAreNotTriedAgain) {
    for (const Code code :
         {Code::NotFound, Code::InvalidArgument, Code::PermissionDenied, Code::Canceled, Code::Internal})
        EXPECT_FALSE(retry_delay({}, 1, Error(code, "x"), 0).has_value());
    EXPECT_TRUE(retry_delay({}, 1, Error(Code::ResourceExhausted, "x"), 0).has_value());
}

TEST(Refusal, StatusesBecomeCodesAndExitCodes) {
    const auto exit_code = [](int status) { return exit_code_of(refusal({.status = status})); };
    for (const int status : {400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 429, 431, 501})
        EXPECT_EQ(exit_code(status), 3) << status;
    for (const int status : {301, 408, 500, 502, 503, 504})
        EXPECT_EQ(exit_code(status), 1) << status;
}

TEST(Refusal, AConflictThatSaysWhenToComeBackIsALostRaceAndIsRepeated) {
    EXPECT_FALSE(is_transient(refusal({.status = 409})));
    const Error lost = refusal({.status = 409, .retry_after_seconds = 1});
    EXPECT_TRUE(is_transient(lost));
    EXPECT_EQ(exit_code_of(lost), 3);
}

TEST(Refusal, FieldsAreNamedAsTheServerNamesThem) {
    const Error error = refusal(
        {.status = 422,
         .body =
             R"({"detail":[{"loc":["body","bbox",2],"msg":"too far","type":"x"},{"loc":["body"],"msg":"no object","type":"x"}]})"});
    EXPECT_EQ(error_lines(error), (std::vector<std::string>{"bbox.2: too far", "no object"}));
}

TEST(Refusal, AnAnswerWithoutADetailStillHasASentence) {
    EXPECT_EQ(
        error_lines(refusal({.status = 403, .body = "<Error><Message>Request has expired</Message></Error>"})).front(),
        "Request has expired");
    EXPECT_EQ(error_lines(refusal({.status = 418, .body = "tea"})).front(),
              "The server refused the request with status 418");
    EXPECT_EQ(error_lines(refusal({.status = 500, .body = "[]"})).front(),
              "The server failed with status 500; try again later");
}

} // namespace
} // namespace landfall::cli
