#include "unit/http/server/server_fixture.hpp"
#include "unit/http/server/tls_client.hpp"

#include <atomic>
#include <cstdio>
#include <thread>

namespace landfall::http::testing {
namespace {

using std::chrono::milliseconds;

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>(i * 2654435761U >> 24);
    return text;
}

/// An unlinked file with known content.
struct Scratch {
    explicit Scratch(const std::string& content) : file(std::tmpfile(), &std::fclose) {
        std::fwrite(content.data(), 1, content.size(), file.get());
        std::fflush(file.get());
    }
    std::shared_ptr<std::FILE> file;
    FileBody part(std::int64_t offset, std::int64_t length) const {
        return FileBody{file, ::fileno(file.get()), offset, length};
    }
};

struct TransferTest : ServerFixture {
    const std::string content = pattern(6'000'000);
    Scratch scratch{content};
    std::atomic<std::int64_t> sent{-1};
    Latch reported;

    void start_downloads() {
        start([this](Face& s) {
            s.route("GET", "/file/{offset}/{length}", Lane::Interactive, [this](const Request& r) {
                Response response;
                response.headers.add("Content-Type", "application/octet-stream");
                response.body = scratch.part(std::stoll(r.params.at("offset")), std::stoll(r.params.at("length")));
                response.on_sent = [this](std::int64_t bytes) {
                    sent = bytes;
                    reported.open();
                };
                return response;
            });
            s.route("GET", "/text", Lane::Interactive,
                    [this](const Request&) { return Response::text(200, "text/plain", content); });
        });
    }
};

TEST_F(TransferTest, AReaderBelowTheFloorIsCutOff) {
    options.limits.stream_min_bytes_per_second = 100'000'000;
    options.limits.stream_rate_window = std::chrono::seconds(1);
    start_downloads();
    std::uint64_t asked = 0;
    for (const std::string path : {"/file/0/6000000", "/text"}) {
        RawClient client(port()); // asks and never reads; the silence allowed is a minute
        client.send(get(path));
        ++asked;
        while (server->stats().requests < asked || server->stats().connections_open > 0)
            std::this_thread::sleep_for(milliseconds(10));
    }
    ASSERT_TRUE(reported.wait());
    EXPECT_LT(sent, 6'000'000);
}

TEST_F(TransferTest, AFileArrivesWholeAndTheConnectionLivesOn) {
    start_downloads();
    RawClient client(port());
    const Answer answer = client.ask(get("/file/0/6000000"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == content);
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
    ASSERT_TRUE(reported.wait());
    EXPECT_EQ(sent, 6'000'000);
}

TEST_F(TransferTest, PartsOfAFileStartAndEndWhereTheyShould) {
    start_downloads();
    RawClient client(port());
    for (const auto& [offset, length] : {std::pair{0, 1}, {5'999'999, 1}, {1234567, 2'345'678}, {10, 0}})
        EXPECT_TRUE(client.ask(get("/file/" + std::to_string(offset) + "/" + std::to_string(length))).body ==
                    content.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)));
}

TEST_F(TransferTest, HeadOfAFileTellsItsLengthAndSendsNothing) {
    start_downloads();
    RawClient client(port());
    client.send("HEAD /file/0/6000000 HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(client.read(true).headers["content-length"], "6000000");
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
    ASSERT_TRUE(reported.wait());
    EXPECT_EQ(sent, 0);
}

TEST_F(TransferTest, AFileThatIsShorterThanPromisedEndsTheConnection) {
    start_downloads();
    RawClient client(port());
    const Answer answer = client.ask(get("/file/5999990/100"));
    EXPECT_EQ(answer.headers.at("content-length"), "100");
    EXPECT_TRUE(answer.body.empty());
    ASSERT_TRUE(reported.wait());
    EXPECT_EQ(sent, 10);
}

TEST_F(TransferTest, PipelinedDownloadsThatWaitForTheReaderStayInOrder) {
    start_downloads();
    RawClient client(port());
    client.send(get("/file/0/6000000") + get("/text") + get("/file/100/5000000") + get("/hello"));
    EXPECT_TRUE(client.read().body == content);
    EXPECT_TRUE(client.read().body == content);
    EXPECT_TRUE(client.read().body == content.substr(100, 5'000'000));
    EXPECT_EQ(client.read().body, "hello");
}

TEST_F(TransferTest, AReaderThatStallsIsCutOff) {
    options.limits.stream_idle_timeout = milliseconds(150);
    start_downloads();
    RawClient client(port());
    std::string many;
    for (int i = 0; i < 5; ++i)
        many += get("/file/0/6000000");
    client.send(many);
    // Nothing is read: sooner or later the socket's buffers are full, and the server gives up.
    const auto open = [&] { return server->stats().connections_open; };
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (open() > 0 && std::chrono::steady_clock::now() < patience)
        std::this_thread::yield();
    EXPECT_EQ(open(), 0U);
}

TEST_F(TransferTest, AClientThatLeavesMidwayIsReportedWithWhatWasSent) {
    start_downloads();
    RawClient client(port());
    client.send(get("/file/0/6000000"));
    client.reset();
    ASSERT_TRUE(reported.wait());
    EXPECT_LE(sent, 6'000'000);
}

struct TlsTest : TransferTest {
    TlsTest() {
        options.tls_certificate = identity.certificate();
        options.tls_key = identity.key();
    }
    TlsIdentity identity;
};

TEST_F(TlsTest, RequestsAndFilesTravelEncrypted) {
    start_downloads();
    TlsClient client(port());
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.protocol(), "http/1.1");
    const std::string whoami = client.ask(get("/whoami"), "127.0.0.1");
    EXPECT_TRUE(whoami.ends_with("127.0.0.1")) << whoami;
    const std::string file = client.ask_bytes(get("/file/0/6000000"), content.size());
    EXPECT_TRUE(file == content);
    const std::string text = client.ask_bytes(get("/text"), content.size());
    EXPECT_TRUE(text == content);
    EXPECT_TRUE(client.ask_bytes("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 6000000\r\n\r\n" + content,
                                 content.size()) == content);
}

TEST_F(TlsTest, AnIdleHandshakeIsTimedOut) {
    options.limits.header_timeout = milliseconds(150);
    start_downloads();
    RawClient silent(port());
    EXPECT_TRUE(silent.at_end());
}

TEST_F(TlsTest, PlainHttpIsNotServed) {
    start_downloads();
    RawClient plain(port());
    EXPECT_EQ(plain.ask(get("/hello")).status, 0);
}

TEST_F(TlsTest, AMissingCertificateStopsTheStart) {
    options.tls_certificate = "/nowhere/certificate.pem";
    Server broken(options);
    const Status started = broken.start();
    ASSERT_FALSE(started.has_value());
    EXPECT_NE(started.error().message.find("/nowhere/certificate.pem"), std::string::npos);
}

} // namespace
} // namespace landfall::http::testing
