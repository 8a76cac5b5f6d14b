#include "unit/http/server/server_fixture.hpp"
#include "unit/http/server/tls_client.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <stdexcept>

namespace landfall::http::testing {
namespace {

/// Gives out `content` from `offset` in steps of odd sizes, up to `end`; then it fails, or says that nothing is left.
struct Sound final : BodySource {
    const std::string& content;
    std::size_t at, end;
    bool fails = false;

    Sound(const std::string& text, std::size_t from, std::size_t to) : content(text), at(from), end(to) {}

    Result<std::size_t> read(std::span<std::byte> into) override {
        const std::size_t count = std::min({into.size(), std::size_t{100'003}, end - at});
        if (count == 0 && fails)
            return fail(Code::Unavailable, "The remote store is gone");
        std::memcpy(into.data(), content.data() + at, count);
        at += count;
        return count;
    }
};

struct PullTest : ServerFixture {
    std::string content = std::string(3'000'000, 'a');
    std::atomic<std::int64_t> sent{-1};
    std::atomic<int> opened{0};
    std::string cause;
    Latch reported;

    PullTest() {
        for (std::size_t i = 0; i < content.size(); ++i)
            content[i] = static_cast<char>(i * 2654435761U >> 24);
        observe = [this](const Exchange& exchange) {
            if (exchange.path == "/hello")
                return;
            cause = exchange.cause;
            reported.open();
        };
    }

    /// What the source of `/pull/{end}` does at `end`.
    enum class At { Ends, Fails, Throws };

    Result<std::unique_ptr<BodySource>> open(std::int64_t offset, std::size_t end, At then) {
        ++opened;
        if (then == At::Throws)
            throw std::runtime_error("no such luck");
        if (end == 0)
            return fail(Code::Unavailable, "The remote store is away");
        auto source = std::make_unique<Sound>(content, static_cast<std::size_t>(offset), end);
        source->fails = then == At::Fails;
        return source;
    }

    void serve(At then = At::Ends) {
        start([this, then](Face& s) {
            s.route("GET", "/pull/{end}", Lane::Interactive, [this, then](const Request& r) {
                const std::size_t end = std::stoul(r.params.at("end"));
                Response response = Response::text(200, "application/octet-stream", {});
                response.operation = "pull";
                response.body =
                    PulledBody{[this, end, then](std::int64_t offset, std::int64_t) { return open(offset, end, then); },
                               1, static_cast<std::int64_t>(content.size()) - 1};
                response.on_sent = [this](std::int64_t bytes) { sent = bytes; };
                return response;
            });
        });
    }
};

TEST_F(PullTest, ABodyIsPulledFromItsOffsetToItsEndAndTheConnectionLivesOn) {
    serve();
    RawClient client(port());
    const Answer answer = client.ask(get("/pull/3000000"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-length"), "2999999");
    EXPECT_TRUE(answer.body == content.substr(1));
    ASSERT_TRUE(reported.wait());
    EXPECT_EQ(sent, 2'999'999);
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(PullTest, HeadTellsTheLengthAndOpensNothing) {
    serve();
    RawClient client(port());
    client.send("HEAD /pull/3000000 HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(client.read(true).headers["content-length"], "2999999");
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
    EXPECT_EQ(opened, 0);
}

TEST_F(PullTest, ASourceThatEndsEarlyBreaksTheConnection) {
    serve();
    RawClient client(port());
    const Answer answer = client.ask(get("/pull/1000000") + get("/hello"));
    EXPECT_EQ(answer.headers.at("content-length"), "2999999");
    EXPECT_TRUE(answer.body.empty()) << "a part must not pass for the whole";
    ASSERT_TRUE(reported.wait());
    EXPECT_EQ(sent, 999'999);
    EXPECT_NE(cause.find("before its time"), std::string::npos) << cause;
}

TEST_F(PullTest, ASourceThatFailsMidwayBreaksTheConnection) {
    serve(At::Fails);
    RawClient client(port());
    EXPECT_TRUE(client.ask(get("/pull/1000000")).body.empty());
    ASSERT_TRUE(reported.wait());
    EXPECT_NE(cause.find("The remote store is gone"), std::string::npos) << cause;
}

TEST_F(PullTest, ASourceThatDoesNotOpenIsA503ThatCanBeTriedAgain) {
    serve();
    RawClient client(port());
    const Answer answer = client.ask(get("/pull/0"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.headers.contains("retry-after"));
    EXPECT_EQ(answer.body.find("remote store"), std::string::npos);
    ASSERT_TRUE(reported.wait());
    EXPECT_NE(cause.find("The remote store is away"), std::string::npos) << cause;
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(PullTest, ASourceThatThrowsHarmsNobodyElse) {
    serve(At::Throws);
    RawClient client(port());
    EXPECT_EQ(client.ask(get("/pull/3000000")).status, 503);
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(PullTest, AClientThatLeavesMidwayEndsThePull) {
    serve();
    RawClient client(port());
    client.send(get("/pull/3000000"));
    client.reset();
    ASSERT_TRUE(reported.wait());
    EXPECT_LE(sent, 2'999'999);
}

TEST_F(PullTest, BodiesArePulledUnderTlsAsWell) {
    const TlsIdentity identity;
    options.tls_certificate = identity.certificate();
    options.tls_key = identity.key();
    serve();
    TlsClient client(port());
    ASSERT_TRUE(client.connected());
    EXPECT_TRUE(client.ask_bytes(get("/pull/3000000"), content.size() - 1) == content.substr(1));
}

} // namespace
} // namespace landfall::http::testing
