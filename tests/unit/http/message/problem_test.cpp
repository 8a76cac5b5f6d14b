#include "http/message/problem.hpp"
#include "schema/json.hpp"

#include <gtest/gtest.h>

namespace landfall::http {
namespace {

Json body_of(const Response& response) {
    return Json::parse(std::get<std::string>(response.body)).value_or(Json());
}

TEST(ProblemTest, EveryCodeHasItsStatusAndStableType) {
    const std::vector<std::tuple<Code, int, std::string>> cases{
        {Code::BadRequest, 400, "malformed-request"},
        {Code::Unauthenticated, 401, "unauthenticated"},
        {Code::PaymentRequired, 402, "payment-required"},
        {Code::PermissionDenied, 403, "permission-denied"},
        {Code::NotFound, 404, "not-found"},
        {Code::Conflict, 409, "conflict"},
        {Code::Aborted, 409, "conflict"},
        {Code::PreconditionFailed, 412, "precondition-failed"},
        {Code::Gone, 410, "gone"},
        {Code::PayloadTooLarge, 413, "payload-too-large"},
        {Code::Unsupported, 415, "unsupported"},
        {Code::ResourceExhausted, 429, "rate-limited"},
        {Code::Internal, 500, "internal"},
        {Code::Unavailable, 503, "unavailable"},
        {Code::Canceled, 503, "unavailable"},
        {Code::DeadlineExceeded, 504, "deadline-exceeded"},
    };
    for (const auto& [code, status, type] : cases) {
        const Response response = problem(Error{code, "What happened."}, "req_1");
        const Json body = body_of(response);
        EXPECT_EQ(response.status, status);
        EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
        EXPECT_EQ(body["type"].as_string(), "urn:landfall:problem:" + type);
        EXPECT_EQ(body["status"].as_integer(), status);
        EXPECT_EQ(body["detail"].as_string(), "What happened.");
        EXPECT_EQ(body["request_id"].as_string(), "req_1");
        EXPECT_FALSE(body["title"].as_string().empty());
    }
}

TEST(ProblemTest, ALostRaceSaysWhenToComeBackAndAConflictDoesNot) {
    EXPECT_EQ(problem(fail_race("Again, please.").value(), "req_1").headers.get("Retry-After"), "1");
    EXPECT_FALSE(problem(Error{Code::Conflict, "No."}, "req_1").headers.get("Retry-After"));
}

TEST(ProblemTest, InvalidInputListsEveryFieldAsPlainJson) {
    Error error{Code::InvalidArgument, "Invalid input"};
    error.fields.push_back({{"bbox", "2"}, "must be a number", "float_type"});
    error.fields.push_back({{"name"}, "is required", "missing"});
    const Response response = problem(error, "req_1");
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
    EXPECT_EQ(body_of(response)["detail"].dump(),
              R"([{"loc":["body","bbox",2],"msg":"must be a number","type":"float_type"},)"
              R"({"loc":["body","name"],"msg":"is required","type":"missing"}])");
    EXPECT_EQ(body_of(response)["status"].as_integer(), 422);
}

TEST(ProblemTest, ADomainRuleWithoutFieldsStillMakesAList) {
    const Response response = problem(Error{Code::InvalidArgument, "Bands differ."}, "req_1");
    EXPECT_EQ(body_of(response)["detail"].dump(), R"([{"loc":["body"],"msg":"Bands differ.","type":"value_error"}])");
}

TEST(ProblemTest, HeadersTellHowToGoOn) {
    EXPECT_EQ(problem(Error{Code::Unauthenticated, ""}, "").headers.get("WWW-Authenticate"), "Bearer");
    Error limited{Code::ResourceExhausted, "Slow down."};
    limited.retry_after_seconds = 17;
    EXPECT_EQ(problem(limited, "").headers.get("Retry-After"), "17");
    EXPECT_EQ(problem(Error{Code::Unavailable, ""}, "").headers.get("Retry-After"), "1");
}

TEST(ProblemTest, TheCauseIsForTheLogOnly) {
    const Response response = problem(Error{Code::Internal, "Neutral."}.because("secret detail"), "");
    EXPECT_EQ(response.log_cause, "secret detail");
    EXPECT_EQ(std::get<std::string>(response.body).find("secret"), std::string::npos);
}

} // namespace
} // namespace landfall::http
