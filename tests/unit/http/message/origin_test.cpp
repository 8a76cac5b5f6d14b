#include "http/message/origin.hpp"

#include <gtest/gtest.h>

namespace landfall::http {
namespace {

Request request_with(std::initializer_list<std::pair<const char*, const char*>> headers) {
    Request request;
    for (const auto& [name, value] : headers)
        request.headers.add(name, value);
    return request;
}

TEST(OriginOf, NamesTheHostByWhichARequestCame) {
    EXPECT_EQ(origin_of(request_with({{"Host", "Maps.example.org:8080"}})), "http://maps.example.org:8080");
    auto secure = request_with({{"Host", "[::1]:443"}});
    secure.secure = true;
    EXPECT_EQ(origin_of(secure), "https://[::1]:443");
    EXPECT_EQ(origin_of(request_with({})), "");
}

TEST(OriginOf, TakesNoHostThatCouldBeMore) {
    for (const char* bad : {"", "a/b", "a b", "user@host", "a?x", "a#x", "a\"b", "a<b", "a\\b"})
        EXPECT_EQ(origin_of(request_with({{"Host", bad}})), "") << bad;
}

TEST(OriginOf, ListensToTrustedProxiesAlone) {
    auto request = request_with(
        {{"Host", "127.0.0.1:8080"}, {"X-Forwarded-Host", "maps.example.org"}, {"X-Forwarded-Proto", "https"}});
    EXPECT_EQ(origin_of(request), "http://127.0.0.1:8080");
    request.proxied = true;
    EXPECT_EQ(origin_of(request), "https://maps.example.org");
}

} // namespace
} // namespace landfall::http
