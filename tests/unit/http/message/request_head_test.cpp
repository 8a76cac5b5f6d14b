#include "http/message/request_head.hpp"

#include <gtest/gtest.h>

namespace landfall::http {
namespace {

int status_of_head(const std::string& lines) {
    RequestHead head;
    const auto refusal = parse_head(lines + "\r\n", head);
    return refusal ? refusal->status : 200;
}

TEST(RequestHeadTest, RefusesWhatTwoParsersCouldReadDifferently) {
    const std::string start = "POST /x HTTP/1.1\r\nHost: t\r\n";
    const std::vector<std::pair<std::string, int>> cases{
        {start, 200},
        {start + "Content-Length: 5\r\n", 200},
        {start + "Transfer-Encoding: chunked\r\n", 200},
        {start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
        {start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
        {start + "Content-Length: 5\r\nContent-Length: 6\r\n", 400},
        {start + "Content-Length: 5\r\nContent-Length: 5\r\n", 400},
        {start + "Content-Length: 5, 5\r\n", 400},
        {start + "Content-Length: +5\r\n", 400},
        {start + "Content-Length: -5\r\n", 400},
        {start + "Content-Length: 0x5\r\n", 400},
        {start + "Content-Length: 5 5\r\n", 400},
        {start + "Content-Length: 99999999999999999999\r\n", 400},
        {start + "Content-Length:\r\n", 400},
        {start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
        {start + "Transfer-Encoding: gzip, chunked\r\n", 501},
        {start + "Transfer-Encoding: xchunked\r\n", 501},
        {start + "Transfer-Encoding : chunked\r\n", 400},
        {start + "Content-Length : 5\r\n", 400},
        {start + "X y: 1\r\n", 400},
        {start + "X: a\rb\r\n", 400},
        {start + std::string("X: a\0b\r\n", 8), 400},
        {start + "Host: u\r\n", 400},
        {start + "Expect: 200-ok\r\n", 417},
        {"GET /x HTTP/1.1\r\n", 400},
        {"GET /x HTTP/1.0\r\n", 200},
        {"POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 400},
        {"GET /x HTTP/2.0\r\nHost: t\r\n", 505},
        {"GET /x\r\nHost: t\r\n", 400},
        {"GET  /x HTTP/1.1\r\nHost: t\r\n", 400},
        {"GET x HTTP/1.1\r\nHost: t\r\n", 400},
        {"GET /%zz HTTP/1.1\r\nHost: t\r\n", 400},
        {"GET /%00 HTTP/1.1\r\nHost: t\r\n", 400},
        {"GET http://other/x HTTP/1.1\r\nHost: t\r\n", 200},
        {"OPTIONS * HTTP/1.1\r\nHost: t\r\n", 200},
    };
    for (const auto& [lines, status] : cases)
        EXPECT_EQ(status_of_head(lines), status) << lines;
}

TEST(RequestHeadTest, SplitsTheTargetAndKeepsItsRawForm) {
    RequestHead head;
    ASSERT_FALSE(parse_head("GET /a%20b/c?x=1&y=%2F+z HTTP/1.1\r\nHost: t\r\n\r\n", head).has_value());
    EXPECT_EQ(head.request.raw_path, "/a%20b/c");
    EXPECT_EQ(head.request.path, "/a b/c");
    EXPECT_EQ(head.request.raw_query, "x=1&y=%2F+z");
    EXPECT_EQ(head.request.query("y"), "/ z");
    EXPECT_EQ(head.request.query("nothing"), std::nullopt);
    EXPECT_EQ(head.request.headers.get("hOST"), "t");
}

TEST(RequestHeadTest, AbsoluteFormIsReadAsItsPath) {
    RequestHead head;
    ASSERT_FALSE(parse_head("GET http://other:80/p?q=1 HTTP/1.1\r\nHost: t\r\n\r\n", head).has_value());
    EXPECT_EQ(head.request.raw_path, "/p");
    EXPECT_EQ(head.request.query("q"), "1");
}

TEST(RequestHeadTest, ConnectionHeadersDecideTheKeepAlive) {
    const std::vector<std::pair<std::string, bool>> cases{
        {"GET / HTTP/1.1\r\nHost: t\r\n", true},
        {"GET / HTTP/1.1\r\nHost: t\r\nConnection: foo, Close\r\n", false},
        {"GET / HTTP/1.0\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n", true},
    };
    for (const auto& [lines, keep] : cases) {
        RequestHead head;
        ASSERT_FALSE(parse_head(lines + "\r\n", head).has_value());
        EXPECT_EQ(head.framing.keep_alive, keep) << lines;
    }
}

TEST(HeadScannerTest, FindsTheEndHoweverTheBytesArrive) {
    const std::string head = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";
    HeadScanner scanner;
    for (std::size_t size = 1; size < head.size(); ++size)
        ASSERT_EQ(scanner.scan(head.substr(0, size)), HeadScanner::State::NeedMore) << size;
    ASSERT_EQ(scanner.scan(head + "GET"), HeadScanner::State::Complete);
    EXPECT_EQ(scanner.size(), head.size());
}

TEST(HeadScannerTest, RefusesBareLineFeedsFoldedLinesAndForeignProtocols) {
    for (const std::string text : {"GET / HTTP/1.1\nHost: t\n\n", "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
                                   "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n", "\x16\x03\x01", "\nGET"}) {
        HeadScanner scanner;
        EXPECT_EQ(scanner.scan(text), HeadScanner::State::Malformed) << text;
    }
}

} // namespace
} // namespace landfall::http
