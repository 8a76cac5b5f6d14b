#include "http/message/conditional.hpp"
#include "http/message/content_coding.hpp"

#include <gtest/gtest.h>

#include <libdeflate.h>
#include <random>

namespace landfall::http {
namespace {

Request asking(std::vector<std::pair<std::string, std::string>> headers) {
    Request request;
    request.method = "GET";
    for (auto& [name, value] : headers)
        request.headers.add(name, value);
    return request;
}

bool takes(std::vector<std::string> values) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (auto& value : values)
        headers.emplace_back("accept-encoding", value);
    return accepts_gzip(asking(std::move(headers)).headers);
}

std::string unzipped(const Response& response, std::size_t size) {
    const auto& coded = std::get<std::string>(response.body);
    std::string plain(size, '\0');
    auto* decompressor = libdeflate_alloc_decompressor();
    EXPECT_EQ(libdeflate_gzip_decompress(decompressor, coded.data(), coded.size(), plain.data(), size, nullptr),
              LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(decompressor);
    return plain;
}

std::string long_text() {
    std::string text = "[";
    for (int i = 0; i < 1000; ++i)
        text += R"({"name":"item"},)";
    return text + "0]";
}

Response answer(std::string type, std::string body) {
    Response response = Response::text(200, std::move(type), std::move(body));
    response.headers.set("ETag", "\"abc\"");
    return response;
}

const std::vector<std::pair<std::string, std::string>> kGzip{{"Accept-Encoding", "gzip"}};

TEST(ContentCoding, IsWhatTheRequestTakesAndLikesNoLess) {
    for (const auto& values : std::vector<std::vector<std::string>>{{"gzip"},
                                                                    {"GZIP"},
                                                                    {"x-gzip"},
                                                                    {"deflate, gzip;q=1.0, *;q=0.5"},
                                                                    {"gzip ; q=0.001"},
                                                                    {"*"},
                                                                    {"br", "gzip"},
                                                                    {"gzip;q=0.5"},
                                                                    {"identity;q=0.4, gzip;q=0.5"},
                                                                    {"gzip, identity"},
                                                                    {"br;q=1.0, *;q=0.1"}})
        EXPECT_TRUE(takes(values)) << values.front();
    for (const auto& values : std::vector<std::vector<std::string>>{{},
                                                                    {""},
                                                                    {"identity"},
                                                                    {"br"},
                                                                    {"gzip;q=0"},
                                                                    {"gzip;q=0.0"},
                                                                    {"*, gzip;q=0"},
                                                                    {"*;q=0"},
                                                                    {"gzip;q=2"},
                                                                    {"gzip;q=x"},
                                                                    {"gzip;level=1"},
                                                                    {"identity, gzip;q=0.5"},
                                                                    {"gzipped"},
                                                                    {",,;;=,"}})
        EXPECT_FALSE(takes(values)) << (values.empty() ? "none" : values.front());
}

TEST(ContentCoding, OfALongTextIsGzipWithATagOfItsOwn) {
    const std::string text = long_text();
    for (const char* type : {"application/json", "application/geo+json", "application/problem+json", "text/plain",
                             "application/xml; charset=utf-8"}) {
        Response response = answer(type, text);
        encode(asking(kGzip), response);
        EXPECT_EQ(response.headers.get("Content-Encoding"), "gzip") << type;
        EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
        EXPECT_EQ(response.headers.get("ETag"), "\"abc-gzip\"");
        EXPECT_EQ(response.headers.get("Content-Type"), type);
        EXPECT_LT(std::get<std::string>(response.body).size(), text.size() / 10);
        EXPECT_EQ(unzipped(response, text.size()), text);
    }
}

TEST(ContentCoding, IsNotForThoseWhoDoNotAskButTheirAnswerSaysThatItVaries) {
    Response response = answer("application/json", long_text());
    encode(asking({}), response);
    EXPECT_FALSE(response.headers.get("Content-Encoding"));
    EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
    EXPECT_EQ(response.headers.get("ETag"), "\"abc\"");
    EXPECT_EQ(std::get<std::string>(response.body), long_text());
}

TEST(ContentCoding, LeavesShortTextsPicturesPartsAndFilesAlone) {
    std::vector<Response> all;
    all.push_back(answer("application/json", "{}"));
    all.push_back(answer("image/png", long_text()));
    all.push_back(answer("application/octet-stream", long_text()));
    all.push_back(answer("application/json", long_text()));
    all.back().status = 206;
    all.push_back(answer("text/csv", long_text()));
    all.back().headers.set("Accept-Ranges", "bytes");
    all.push_back(answer("text/csv", {}));
    all.back().body = FileBody{nullptr, 3, 0, 5000};
    std::string noise(5000, '\0');
    std::mt19937 random;
    for (char& c : noise)
        c = static_cast<char>(random());
    all.push_back(answer("text/plain", noise));
    for (Response& response : all) {
        encode(asking(kGzip), response);
        EXPECT_FALSE(response.headers.get("Content-Encoding")) << *response.headers.get("Content-Type");
        EXPECT_EQ(response.headers.get("ETag"), "\"abc\"");
    }
}

TEST(ContentCoding, ATagOfEitherFormNamesTheVersion) {
    const auto refuse = [](const Request&, int status, const std::string&) { return Response::text(status, "", ""); };
    for (const char* known : {"\"abc\"", "\"abc-gzip\"", "W/\"abc-gzip\"", "\"x\", \"abc-gzip\""}) {
        auto request = asking({{"Accept-Encoding", "gzip"}, {"If-None-Match", known}});
        Response response =
            answer_conditionally(request, Response::text(200, "application/json", long_text()), {"\"abc\""}, refuse);
        encode(request, response);
        EXPECT_EQ(response.status, 304) << known;
        EXPECT_EQ(response.headers.get("ETag"),
                  std::string(known).find("gzip") == std::string::npos ? "\"abc\"" : "\"abc-gzip\"");
        EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
        EXPECT_FALSE(response.headers.get("Content-Encoding"));
    }
    EXPECT_EQ(preconditions_of(asking({{"If-Match", "\"abc-gzip\""}})).if_match, "\"abc\"");
    EXPECT_EQ(plain_tags("\"a-gzip\",\"b\", W/\"c-gzip\" , \"-gzip-\""), "\"a\",\"b\", W/\"c\" , \"-gzip-\"");
}

} // namespace
} // namespace landfall::http
