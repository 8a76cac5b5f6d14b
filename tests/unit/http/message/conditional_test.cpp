#include "http/message/conditional.hpp"

#include <gtest/gtest.h>

namespace landfall::http {
namespace {

const Timestamp kModified = parse_rfc3339("1994-11-06T08:49:37.25Z").value();

Response plain_refusal(const Request&, int status, const std::string&) {
    return Response::text(status, "text/plain", "refused");
}

Request asking(std::string method, std::initializer_list<std::pair<std::string, std::string>> headers) {
    Request request;
    request.method = std::move(method);
    for (const auto& [name, value] : headers)
        request.headers.add(name, value);
    return request;
}

Response whole(Body body = std::string("0123456789")) {
    Response response = Response::text(200, "image/tiff", {});
    response.headers.set("Content-Disposition", "attachment");
    response.headers.set("Cache-Control", "private");
    response.operation = "tiles";
    response.body = std::move(body);
    return response;
}

Response answer(const Request& request, Response full = whole()) {
    return answer_conditionally(request, std::move(full), {"\"abc\"", kModified, Ranges::Bytes}, plain_refusal);
}

TEST(Conditional, WithoutConditionsAllIsSentWithItsValidators) {
    const auto full = answer(asking("GET", {}));
    EXPECT_EQ(full.status, 200);
    EXPECT_EQ(std::get<std::string>(full.body), "0123456789");
    EXPECT_EQ(full.headers.get("ETag"), "\"abc\"");
    EXPECT_EQ(full.headers.get("Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(full.headers.get("Accept-Ranges"), "bytes");
    const auto bare = answer_conditionally(asking("GET", {{"Range", "bytes=1-2"}}), whole(), {}, plain_refusal);
    EXPECT_EQ(bare.status, 200);
    EXPECT_FALSE(bare.headers.get("ETag") || bare.headers.get("Last-Modified") || bare.headers.get("Accept-Ranges"));
}

TEST(Conditional, WhatTheClientHasIsNotSentAgain) {
    for (const char* method : {"GET", "HEAD"}) {
        const auto known = answer(asking(method, {{"If-None-Match", "W/\"abc\""}}));
        EXPECT_EQ(known.status, 304);
        EXPECT_EQ(known.operation, "tiles");
        EXPECT_TRUE(std::get<std::string>(known.body).empty());
        EXPECT_FALSE(known.headers.get("Content-Type") || known.headers.get("Content-Disposition"));
        EXPECT_EQ(known.headers.get("Cache-Control"), "private");
        EXPECT_EQ(known.headers.get("ETag"), "\"abc\"");
    }
    EXPECT_EQ(answer(asking("GET", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}})).status, 304);
    EXPECT_EQ(answer(asking("GET", {{"If-None-Match", "\"x\""}})).status, 200);
}

TEST(Conditional, AConditionThatFailsIsRefusedInTheFacesShape) {
    const auto failed = answer(asking("GET", {{"If-Match", "\"x\""}}));
    EXPECT_EQ(failed.status, 412);
    EXPECT_EQ(std::get<std::string>(failed.body), "refused");
    EXPECT_EQ(answer(asking("GET", {{"If-Match", "\"abc\""}})).status, 200);
}

TEST(Conditional, ARangeIsCutOutOfEveryKindOfBody) {
    const auto request = asking("GET", {{"Range", "bytes=2-4"}});
    const auto text = answer(request);
    EXPECT_EQ(text.status, 206);
    EXPECT_EQ(text.headers.get("Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(std::get<std::string>(text.body), "234");
    const auto file = std::get<FileBody>(answer(request, whole(FileBody{nullptr, 3, 100, 10})).body);
    EXPECT_EQ(file.offset, 102);
    EXPECT_EQ(file.length, 3);
    const auto source = std::get<PulledBody>(answer(request, whole(PulledBody{{}, 7, 10})).body);
    EXPECT_EQ(source.offset, 9);
    EXPECT_EQ(source.length, 3);
}

TEST(Conditional, ARangeBeyondTheEndTellsTheSize) {
    const auto refused = answer(asking("GET", {{"Range", "bytes=10-"}}));
    EXPECT_EQ(refused.status, 416);
    EXPECT_EQ(refused.headers.get("Content-Range"), "bytes */10");
}

TEST(Conditional, APostIsAskedOnlyWhatTheClientHas) {
    EXPECT_EQ(answer(asking("POST", {{"If-None-Match", "\"abc\""}})).status, 304);
    EXPECT_EQ(answer(asking("POST", {{"If-Match", "\"x\""}, {"Range", "bytes=1-2"}})).status, 200);
}

} // namespace
} // namespace landfall::http
