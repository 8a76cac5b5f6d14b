#include "unit/http/server/server_fixture.hpp"

#include <atomic>

namespace landfall::http::testing {
namespace {

using std::chrono::milliseconds;

/// What the sinks of one test saw.
struct Witness {
    std::atomic<std::int64_t> bytes{0};
    std::atomic<std::size_t> largest{0};
    std::atomic<int> inside{0};
    std::atomic<int> overlaps{0};
    std::atomic<bool> finished{false};
    std::atomic<std::int64_t> refuse_at{-1};
    std::string content; ///< kept if small; read after the answer
    Latch first_write;
    Latch destroyed;
};

class WitnessSink final : public BodySink {
public:
    explicit WitnessSink(Witness& witness) : witness_(witness) {}
    ~WitnessSink() override { witness_.destroyed.open(); }
    std::optional<Response> write(std::span<const std::byte> bytes) override {
        if (witness_.inside++ != 0)
            ++witness_.overlaps;
        witness_.largest = std::max(witness_.largest.load(), bytes.size());
        witness_.bytes += static_cast<std::int64_t>(bytes.size());
        if (witness_.content.size() + bytes.size() < 8 << 20)
            witness_.content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        --witness_.inside;
        witness_.first_write.open();
        if (witness_.refuse_at >= 0 && witness_.bytes >= witness_.refuse_at)
            return Response::text(413, "text/plain", "enough");
        return std::nullopt;
    }
    Response finish() override {
        witness_.finished = true;
        return Response::text(201, "text/plain", std::to_string(witness_.bytes));
    }

private:
    Witness& witness_;
};

class ThrowingSink final : public BodySink {
public:
    std::optional<Response> write(std::span<const std::byte>) override { throw std::runtime_error("inner secret"); }
    Response finish() override { return {}; }
};

struct UploadTest : ServerFixture {
    Witness witness;

    void start_uploads() {
        start([this](Face& s) {
            s.route_stream("PUT", "/up/{key...}",
                           [this](const Request& r) -> std::variant<std::unique_ptr<BodySink>, Response> {
                               if (r.headers.get("X-Refuse"))
                                   return Response::text(403, "text/plain", "no");
                               if (r.headers.get("X-Throw"))
                                   return std::unique_ptr<BodySink>(new ThrowingSink);
                               return std::unique_ptr<BodySink>(new WitnessSink(witness));
                           });
        });
    }
    static std::string put(const std::string& headers) {
        return "PUT /up/a/b HTTP/1.1\r\nHost: t\r\n" + headers + "\r\n";
    }
    static std::string pattern(std::size_t size) {
        std::string text(size, '\0');
        for (std::size_t i = 0; i < size; ++i)
            text[i] = static_cast<char>(i * 2654435761U >> 24);
        return text;
    }
};

TEST_F(UploadTest, ABodyReachesTheSinkInOrderInBoundedPieces) {
    start_uploads();
    RawClient client(port());
    const std::string body = pattern(5'000'001);
    const Answer answer = client.ask(put("Content-Length: 5000001\r\n") + body);
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.body, "5000001");
    EXPECT_TRUE(witness.content == body);
    EXPECT_LE(witness.largest, 1U << 20);
    EXPECT_EQ(witness.overlaps, 0);
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
    EXPECT_EQ(server->stats().bytes_in, 5'000'001U);
    EXPECT_EQ(server->stats().streams_open, 0U);
}

TEST_F(UploadTest, ChunkedBodiesAreDecodedAndTheNextRequestSurvives) {
    start_uploads();
    RawClient client(port());
    const std::string body = pattern(0x30000);
    std::string wire = put("Transfer-Encoding: chunked\r\n");
    for (int i = 0; i < 10; ++i)
        wire += "30000\r\n" + body + "\r\n";
    const Answer answer = client.ask(wire + "0\r\n\r\n" + get("/hello"));
    EXPECT_EQ(answer.body, std::to_string(10 * 0x30000));
    EXPECT_EQ(client.read().body, "hello");
}

TEST_F(UploadTest, AnEmptyBodyIsFinishedWithoutAWrite) {
    start_uploads();
    RawClient client(port());
    EXPECT_EQ(client.ask(put("Content-Length: 0\r\n")).body, "0");
    EXPECT_EQ(client.ask(put("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n").body, "0");
    EXPECT_EQ(witness.largest, 0U);
}

TEST_F(UploadTest, ContinueIsSaidOnlyOnceTheUploadIsAccepted) {
    start_uploads();
    RawClient accepted(port());
    EXPECT_EQ(accepted.ask(put("Content-Length: 3\r\nExpect: 100-continue\r\n")).status, 100);
    EXPECT_EQ(accepted.ask("abc").status, 201);
    RawClient refused(port());
    EXPECT_EQ(refused.ask(put("Content-Length: 3\r\nExpect: 100-continue\r\nX-Refuse: 1\r\n")).status, 403);
    EXPECT_TRUE(refused.at_end());
    RawClient buffered(port());
    EXPECT_EQ(
        buffered.ask("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n").status,
        100);
    EXPECT_EQ(buffered.ask("ab").body, "ab");
}

TEST_F(UploadTest, ARefusedUploadStillReadsItsAnswer) {
    start_uploads();
    RawClient client(port());
    client.send(put("Content-Length: 900000\r\nX-Refuse: 1\r\n"));
    client.send(std::string(900'000, 'x'));
    const Answer answer = client.read();
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.body, "no");
    EXPECT_TRUE(client.at_end());
}

TEST_F(UploadTest, ASinkThatRefusesMidwayAnswersAtOnce) {
    witness.refuse_at = 1;
    start_uploads();
    RawClient client(port());
    // The rest of the body never comes: the answer must not wait for it.
    client.send(put("Content-Length: 1000000000\r\n") + std::string(300'000, 'x'));
    const Answer answer = client.read();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.body, "enough");
    EXPECT_TRUE(witness.destroyed.wait());
    EXPECT_FALSE(witness.finished);
}

TEST_F(UploadTest, AClientThatClosesMidwayDestroysTheSinkUnfinished) {
    start_uploads();
    RawClient client(port());
    client.send(put("Content-Length: 10000000\r\n") + std::string(3'000'000, 'x'));
    ASSERT_TRUE(witness.first_write.wait());
    client.close();
    EXPECT_TRUE(witness.destroyed.wait());
    EXPECT_FALSE(witness.finished);
}

TEST_F(UploadTest, AClientThatResetsMidwayDestroysTheSinkUnfinished) {
    start_uploads();
    RawClient client(port());
    client.send(put("Transfer-Encoding: chunked\r\n") + "200000\r\n" + std::string(0x180000, 'x'));
    ASSERT_TRUE(witness.first_write.wait());
    client.reset();
    EXPECT_TRUE(witness.destroyed.wait());
    EXPECT_FALSE(witness.finished);
}

TEST_F(UploadTest, ABodyThatStallsIsTimedOut) {
    options.limits.stream_idle_timeout = milliseconds(150);
    start_uploads();
    RawClient client(port());
    EXPECT_EQ(client.ask(put("Content-Length: 100\r\n") + "abc").status, 408);
    EXPECT_TRUE(witness.destroyed.wait());
    EXPECT_FALSE(witness.finished);
}

TEST_F(UploadTest, BrokenChunksEndTheUpload) {
    start_uploads();
    RawClient client(port());
    EXPECT_EQ(client.ask(put("Transfer-Encoding: chunked\r\n") + "3\r\nabcX").status, 400);
    EXPECT_TRUE(witness.destroyed.wait());
    EXPECT_FALSE(witness.finished);
}

TEST_F(UploadTest, AThrowingSinkIsAnInternalError) {
    start_uploads();
    RawClient client(port());
    const Answer answer = client.ask(put("Content-Length: 3\r\nX-Throw: 1\r\n") + "abc");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST_F(UploadTest, ManySlowUploadsHoldNoThread) {
    options.pool_threads = 1;
    start_uploads();
    std::vector<std::unique_ptr<RawClient>> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(std::make_unique<RawClient>(port()));
        slow.back()->send(put("Content-Length: 10\r\n") + "abc");
    }
    RawClient quick(port());
    EXPECT_EQ(quick.ask(put("Content-Length: 3\r\n") + "abc").status, 201);
    for (auto& client : slow)
        EXPECT_EQ(client->ask("defghij").status, 201);
}

TEST_F(UploadTest, StoppingCutsAnUploadAndDestroysItsSink) {
    options.limits.drain_timeout = milliseconds(200);
    start_uploads();
    RawClient client(port());
    client.send(put("Content-Length: 10000000\r\n") + std::string(2'000'000, 'x'));
    ASSERT_TRUE(witness.first_write.wait());
    server->stop();
    EXPECT_TRUE(witness.destroyed.wait());
    EXPECT_FALSE(witness.finished);
}

} // namespace
} // namespace landfall::http::testing
