#include "unit/http/server/server_fixture.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

namespace landfall::http::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

using ServerTest = ServerFixture;

TEST_F(ServerTest, KeepsTheConnectionAliveBetweenRequests) {
    start();
    RawClient client(port());
    for (int i = 0; i < 3; ++i) {
        const Answer answer = client.ask(get("/hello"));
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "hello");
        EXPECT_FALSE(answer.headers.contains("connection"));
    }
    EXPECT_EQ(server->stats().requests, 3U);
    EXPECT_EQ(server->stats().connections_open, 1U);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
    start();
    RawClient client(port());
    std::string all;
    for (int i = 0; i < 100; ++i)
        all += i % 2 == 0 ? get("/items/" + std::to_string(i))
                          : "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\n" + std::to_string(100 + i);
    client.send(all);
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(client.read().body, std::to_string(i % 2 == 0 ? i : 100 + i));
}

TEST_F(ServerTest, CloseAndHttp10AreHonoured) {
    start();
    RawClient closing(port());
    EXPECT_EQ(closing.ask(get("/hello", "Connection: close\r\n")).headers["connection"], "close");
    EXPECT_TRUE(closing.at_end());
    RawClient old(port());
    EXPECT_EQ(old.ask("GET /hello HTTP/1.0\r\n\r\n").body, "hello");
    EXPECT_TRUE(old.at_end());
    RawClient kept(port());
    EXPECT_EQ(kept.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").headers["connection"], "keep-alive");
    EXPECT_EQ(kept.ask("GET /hello HTTP/1.0\r\n\r\n").body, "hello");
}

TEST_F(ServerTest, EveryAnswerCarriesTheStandingHeaders) {
    start();
    RawClient client(port());
    for (const std::string path : {"/hello", "/nothing"}) {
        Answer answer = client.ask(get(path));
        EXPECT_TRUE(answer.headers["x-request-id"].starts_with("req_"));
        EXPECT_EQ(answer.headers["x-content-type-options"], "nosniff");
        EXPECT_EQ(answer.headers["content-security-policy"],
                  "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'; sandbox");
        EXPECT_EQ(answer.headers["access-control-allow-origin"], "*");
        EXPECT_THAT(answer.headers["access-control-expose-headers"], HasSubstr("X-RateLimit-Remaining"));
        EXPECT_EQ(answer.headers["vary"], "Origin");
        EXPECT_THAT(answer.headers["date"], ::testing::EndsWith(" GMT"));
    }
    EXPECT_TRUE(client.ask(get("/hello", "X-Request-ID: my.own-1\r\n")).headers["x-request-id"].starts_with("req_"));
    EXPECT_NE(client.ask(get("/hello", "X-Request-ID: bad id\r\n")).headers["x-request-id"], "bad id");
}

TEST_F(ServerTest, HandlersCannotBreakTheHead) {
    start([](Face& s) {
        s.route("GET", "/evil", Lane::Inline, [](const Request&) {
            Response response = Response::text(200, "text/plain", "x");
            response.headers.add("X-Name", "a\r\nSet-Cookie: b");
            response.headers.add("Content-Length", "99");
            response.headers.add("Transfer-Encoding", "chunked");
            return response;
        });
    });
    RawClient client(port());
    Answer answer = client.ask(get("/evil"));
    EXPECT_EQ(answer.headers["x-name"], "a  Set-Cookie: b");
    EXPECT_EQ(answer.headers["content-length"], "1");
    EXPECT_THAT(answer.head, Not(HasSubstr("chunked")));
}

TEST_F(ServerTest, UnknownPathsAndMethodsAreToldApart) {
    start();
    RawClient client(port());
    Answer missing = client.ask(get("/nothing"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.headers["content-type"], "application/problem+json");
    Answer wrong = client.ask("DELETE /hello HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.headers["allow"], "GET, HEAD, OPTIONS");
    EXPECT_EQ(client.ask(get("/items/%zz")).status, 400);
}

TEST_F(ServerTest, HeadHasTheHeadersOfGetWithoutTheBody) {
    start([](Face& s) {
        s.route("HEAD", "/own", Lane::Inline, [](const Request&) {
            Response response;
            response.headers.add("Content-Length", "123456789012");
            return response;
        });
    });
    RawClient client(port());
    client.send("HEAD /hello HTTP/1.1\r\nHost: t\r\n\r\nHEAD /own HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(client.read(true).headers["content-length"], "5");
    Answer own = client.read(true);
    EXPECT_EQ(own.headers["content-length"], "123456789012");
    EXPECT_EQ(own.head.find("\nContent-Length"), own.head.rfind("\nContent-Length"));
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(ServerTest, PreflightsAreAnsweredByOnePolicy) {
    start();
    RawClient client(port());
    Answer answer = client.ask("OPTIONS /hello HTTP/1.1\r\nHost: t\r\nOrigin: http://a\r\n"
                               "Access-Control-Request-Method: PUT\r\n"
                               "Access-Control-Request-Headers: x-amz-meta-a, bad name, Content-MD5\r\n\r\n");
    EXPECT_EQ(answer.status, 204);
    EXPECT_FALSE(answer.headers.contains("content-length"));
    EXPECT_THAT(answer.headers["access-control-allow-methods"], HasSubstr("PATCH"));
    EXPECT_THAT(answer.headers["access-control-allow-headers"], HasSubstr("x-amz-meta-a"));
    EXPECT_THAT(answer.headers["access-control-allow-headers"], Not(HasSubstr("bad name")));
    EXPECT_EQ(answer.headers["allow"], "GET, HEAD, OPTIONS");
    EXPECT_EQ(client.ask("OPTIONS /nothing HTTP/1.1\r\nHost: t\r\n\r\n").status, 204);
}

TEST_F(ServerTest, ConfiguredOriginsAreEchoedAndOthersAreNot) {
    options.cors_origins = {"https://map.example"};
    start();
    RawClient client(port());
    EXPECT_EQ(client.ask(get("/hello", "Origin: https://map.example\r\n")).headers["access-control-allow-origin"],
              "https://map.example");
    EXPECT_FALSE(
        client.ask(get("/hello", "Origin: https://evil.example\r\n")).headers.contains("access-control-allow-origin"));
}

TEST_F(ServerTest, BodiesArriveWholeWithLengthOrChunks) {
    start();
    RawClient client(port());
    const std::string big(3'000'000, 'x');
    Answer answer = client.ask("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3000000\r\n\r\n" + big);
    EXPECT_EQ(answer.headers["x-length"], "3000000");
    EXPECT_EQ(answer.body, big);
    answer = client.ask("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n");
    EXPECT_EQ(answer.headers["x-length"], "chunked");
    EXPECT_EQ(answer.body, "abcde");
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(ServerTest, SmugglingAttemptsAreRefusedAndEndTheConnection) {
    start();
    const std::string start_of_request = "POST /echo HTTP/1.1\r\nHost: t\r\n";
    for (const std::string attempt :
         {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n",
          "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
          "X: a\r\n folded\r\n\r\n", "X: a\n\r\n", "Host: other\r\n\r\n",
          "Transfer-Encoding: chunked\r\n\r\n5\nabcde\r\n0\r\n\r\n",
          "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n"}) {
        RawClient client(port());
        EXPECT_EQ(client.ask(start_of_request + attempt).status, 400) << attempt;
        EXPECT_TRUE(client.at_end()) << attempt;
    }
}

TEST_F(ServerTest, ASlowHeaderIsTimedOut) {
    options.limits.header_timeout = milliseconds(150);
    start();
    RawClient client(port());
    client.send("GET /hello HTTP/1.1\r\nHo");
    EXPECT_EQ(client.read().status, 408);
    EXPECT_TRUE(client.at_end());
    RawClient silent(port());
    EXPECT_TRUE(silent.at_end()) << "a peer that says nothing is dropped without a word";
}

TEST_F(ServerTest, AnIdleConnectionIsClosedAfterTheKeepAlive) {
    options.limits.keep_alive_timeout = milliseconds(150);
    start();
    RawClient client(port());
    EXPECT_EQ(client.ask(get("/hello")).status, 200);
    EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, OversizeHeadersAndBodiesAreRefused) {
    options.limits.header_bytes = 8192;
    options.limits.json_body_bytes = 1000;
    start();
    RawClient header(port());
    EXPECT_EQ(header.ask(get("/hello", "X: " + std::string(9000, 'x') + "\r\n")).status, 431);
    EXPECT_TRUE(header.at_end());
    RawClient known(port());
    EXPECT_EQ(known.ask("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\n\r\n").status, 413);
    EXPECT_TRUE(known.at_end());
    RawClient chunked(port());
    EXPECT_EQ(chunked
                  .ask("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                       std::string(2000, 'x') + "\r\n0\r\n\r\n")
                  .status,
              413);
}

TEST_F(ServerTest, ASmallRefusedBodyDoesNotCostTheConnection) {
    start();
    RawClient client(port());
    EXPECT_EQ(client.ask("POST /nothing HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nabcde").status, 404);
    EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(ServerTest, BodiesOfAllConnectionsTogetherAreBounded) {
    options.limits.json_body_bytes = 4 << 20;
    options.limits.buffered_body_bytes = 1; // raised until one of the largest fits
    Latch held;
    Latch leave;
    start([&](Face& s) {
        s.route("POST", "/hold", Lane::Interactive, [&](const Request& r) {
            held.open();
            leave.wait();
            return Response::text(200, "text/plain", std::to_string(r.body.size()));
        });
    });
    const std::string length = " HTTP/1.1\r\nHost: t\r\nContent-Length: 4194304\r\n\r\n" + std::string(4 << 20, 'x');
    RawClient holder(port());
    holder.send("POST /hold" + length);
    ASSERT_TRUE(held.wait());
    const Answer refused = RawClient(port()).ask("POST /echo" + length);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.headers.at("retry-after"), "1");
    RawClient other(port());
    EXPECT_EQ(other.ask("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nabcde").body, "abcde");
    leave.open();
    EXPECT_EQ(holder.read().body, "4194304");
    EXPECT_EQ(other.ask("POST /echo" + length).body.size(), 4U << 20) << "the room came free";
}

TEST_F(ServerTest, ASlowBufferedBodyIsTimedOut) {
    options.limits.json_body_timeout = milliseconds(150);
    start();
    RawClient client(port());
    EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab").status, 408);
    EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, RequestsThatWaitForACommitLeaveThePoolToTheOthers) {
    options.pool_threads = 1;
    Latch release;
    Latch entered;
    start([&](Face& s) {
        s.route("GET", "/commit", Lane::Commit, [&](const Request&) {
            entered.open();
            release.wait();
            return Response::text(200, "text/plain", "done");
        });
        s.route("GET", "/quick", Lane::Interactive,
                [](const Request&) { return Response::text(200, "text/plain", "done"); });
    });
    RawClient running(port());
    running.send(get("/commit"));
    entered.wait();
    EXPECT_EQ(RawClient(port()).ask(get("/quick")).status, 200);
    release.open();
    EXPECT_EQ(running.read().status, 200);
}

TEST_F(ServerTest, SlowRequestsLeaveThePoolToTheOthersAndHaveAQueueOfTheirOwn) {
    options.pool_threads = 1;
    options.limits.slow_queue = 1;
    Latch release;
    std::atomic<int> entered{0};
    start([&](Face& s) {
        s.route(
            "GET", "/{how}",
            [](const Request& r) { return r.params.at("how") == "slow" ? Lane::Slow : Lane::Interactive; },
            [&](const Request& r) {
                if (r.params.at("how") == "slow" && entered.fetch_add(1) == 0)
                    release.wait();
                return Response::text(200, "text/plain", "done");
            });
    });
    RawClient running(port());
    running.send(get("/slow"));
    while (entered == 0)
        std::this_thread::yield();
    EXPECT_EQ(RawClient(port()).ask(get("/quick")).status, 200);
    // One of these two waits in the queue, the other finds it full.
    RawClient second(port());
    RawClient third(port());
    std::atomic<int> refused{0};
    const auto ask = [&](RawClient& client) {
        if (client.ask(get("/slow")).status == 503) {
            ++refused;
            release.open();
        }
    };
    std::thread one([&] { ask(second); });
    std::thread two([&] { ask(third); });
    one.join();
    two.join();
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(running.read().status, 200);
}

TEST_F(ServerTest, AFullQueueAnswers503WithRetryAfter) {
    options.pool_threads = 1;
    options.limits.interactive_queue = 1;
    Latch entered;
    Latch release;
    start([&](Face& s) {
        s.route("GET", "/block", Lane::Interactive, [&](const Request&) {
            entered.open();
            release.wait();
            return Response::text(200, "text/plain", "done");
        });
    });
    RawClient running(port());
    running.send(get("/block"));
    ASSERT_TRUE(entered.wait());
    // One of these two waits in the queue, the other finds it full.
    RawClient second(port());
    RawClient third(port());
    std::atomic<int> refused{0};
    const auto ask = [&](RawClient& client) {
        Answer answer = client.ask(get("/block"));
        if (answer.status == 503) {
            EXPECT_EQ(answer.headers["retry-after"], "1");
            ++refused;
            release.open();
        }
    };
    std::thread one([&] { ask(second); });
    std::thread two([&] { ask(third); });
    one.join();
    two.join();
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(running.read().body, "done");
}

TEST_F(ServerTest, AThrowingHandlerIsAnInternalErrorWithoutItsText) {
    Exchange seen;
    Latch reported;
    observe = [&](const Exchange& exchange) {
        seen = exchange;
        reported.open();
    };
    start([](Face& s) {
        s.route("GET", "/throw", Lane::Interactive,
                [](const Request&) -> Response { throw std::runtime_error("inner secret"); });
    });
    RawClient client(port());
    const Answer answer = client.ask(get("/throw", "User-Agent: probe\r\n"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
    ASSERT_TRUE(reported.wait());
    EXPECT_EQ(seen.status, 500);
    EXPECT_EQ(seen.path, "/throw");
    EXPECT_EQ(seen.user_agent, "probe");
    EXPECT_EQ(seen.remote_address, "127.0.0.1");
    EXPECT_THAT(seen.cause, HasSubstr("inner secret"));
}

TEST_F(ServerTest, RefusalsAreMadeByTheGivenMaker) {
    refuse = [](const Request& r, int status, const std::string& detail) {
        return Response::text(status, "text/plain", r.path + "|" + detail);
    };
    start();
    RawClient client(port());
    const Answer answer = client.ask(get("/nothing"));
    EXPECT_EQ(answer.status, 404);
    EXPECT_THAT(answer.body, ::testing::StartsWith("/nothing|"));
}

TEST_F(ServerTest, OnlyATrustedProxyNamesTheClient) {
    const std::string forwarded = get("/whoami", "X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n");
    start();
    EXPECT_EQ(RawClient(port()).ask(forwarded).body, "127.0.0.1");
    options.trusted_proxies = {*Network::parse("10.0.0.0/8")};
    start();
    EXPECT_EQ(RawClient(port()).ask(forwarded).body, "127.0.0.1") << "another proxy than this one";
    options.trusted_proxies.push_back(*Network::parse("127.0.0.0/8"));
    start();
    EXPECT_EQ(RawClient(port()).ask(forwarded).body, "5.6.7.8");
    const std::string chained = get("/whoami", "X-Forwarded-For: 1.2.3.4, 5.6.7.8, 10.0.0.1,10.0.0.2\r\n");
    EXPECT_EQ(RawClient(port()).ask(chained).body, "5.6.7.8") << "the last that is no proxy of ours";
    EXPECT_EQ(RawClient(port()).ask(get("/whoami", "X-Forwarded-For: 10.0.0.1\r\n")).body, "10.0.0.1");
    const std::string added = get("/whoami", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\n");
    EXPECT_EQ(RawClient(port()).ask(added).body, "5.6.7.8");
    EXPECT_EQ(RawClient(port()).ask(get("/whoami", "X-Forwarded-For: rubbish\r\n")).body, "127.0.0.1");
}

TEST_F(ServerTest, ConnectionsBeyondTheCapAreTurnedAway) {
    options.limits.max_connections = 1;
    start();
    RawClient first(port());
    EXPECT_EQ(first.ask(get("/hello")).status, 200);
    RawClient second(port());
    EXPECT_EQ(second.read().status, 503);
    EXPECT_EQ(server->stats().connections_refused, 1U);
}

TEST_F(ServerTest, ATakenPortIsUnavailableAndABadAddressInvalid) {
    start();
    options.port = port();
    Server second(options);
    const Status taken = second.start();
    ASSERT_FALSE(taken.has_value());
    EXPECT_EQ(taken.error().code, Code::Unavailable);
    EXPECT_THAT(taken.error().message, HasSubstr("in use"));
    options.address = "not an address";
    Server third(options);
    EXPECT_EQ(third.start().error().code, Code::InvalidArgument);
}

TEST_F(ServerTest, StopClosesIdleConnectionsAndLetsActiveOnesFinish) {
    Latch entered;
    Latch release;
    start([&](Face& s) {
        s.route("GET", "/block", Lane::Interactive, [&](const Request&) {
            entered.open();
            release.wait();
            return Response::text(200, "text/plain", "finished");
        });
    });
    RawClient idle(port());
    EXPECT_EQ(idle.ask(get("/hello")).status, 200);
    RawClient active(port());
    active.send(get("/block"));
    ASSERT_TRUE(entered.wait());
    std::thread stopping([&] { server->stop(); });
    EXPECT_TRUE(idle.at_end());
    release.open();
    Answer answer = active.read();
    EXPECT_EQ(answer.body, "finished");
    EXPECT_EQ(answer.headers["connection"], "close");
    stopping.join();
    EXPECT_EQ(server->stats().connections_open, 0U);
}

TEST_F(ServerTest, StopCutsWhatDoesNotEndInTime) {
    options.limits.drain_timeout = milliseconds(200);
    start();
    RawClient client(port());
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
    server->stop();
    EXPECT_TRUE(client.at_end());
}

} // namespace
} // namespace landfall::http::testing
