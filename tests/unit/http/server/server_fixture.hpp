#pragma once
/// A real server on a free port, with routes that show what arrived.

#include "http/server/server.hpp"
#include "unit/http/server/raw_client.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

namespace landfall::http::testing {

/// Opened once, by any thread; others wait for it. May be destroyed as soon as a wait returned.
class Latch {
public:
    void open() {
        const std::shared_ptr<State> state = state_;
        const std::lock_guard lock(state->mutex);
        state->open = true;
        state->changed.notify_all();
    }
    /// False if it stayed shut for 20 s.
    bool wait() {
        std::unique_lock lock(state_->mutex);
        return state_->changed.wait_for(lock, std::chrono::seconds(20), [this] { return state_->open; });
    }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        bool open = false;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

struct ServerFixture : ::testing::Test {
    ServerOptions options;
    Refuse refuse; ///< of the face whose routes these are
    std::function<void(const Exchange&)> observe;
    std::unique_ptr<Server> server;

    ServerFixture() {
        options.port = 0;
        options.io_threads = 2;
        options.pool_threads = 4;
    }

    /// Makes the server with the routes of these tests; `more` adds others.
    void start(const std::function<void(Face&)>& more = {}) {
        Face face({"/"}, refuse);
        face.route("GET", "/hello", Lane::Inline,
                   [](const Request&) { return Response::text(200, "text/plain", "hello"); });
        face.route("POST", "/echo", Lane::Interactive, [](const Request& r) {
            Response response = Response::text(200, "text/plain", r.body);
            response.headers.add("X-Length", r.content_length ? std::to_string(*r.content_length) : "chunked");
            return response;
        });
        face.route("GET", "/items/{id}", Lane::Inline,
                   [](const Request& r) { return Response::text(200, "text/plain", r.params.at("id")); });
        face.route("GET", "/whoami", Lane::Inline,
                   [](const Request& r) { return Response::text(200, "text/plain", r.remote_address); });
        if (more)
            more(face);
        server = std::make_unique<Server>(options);
        server->add(face);
        if (observe)
            server->on_exchange(observe);
        const Status started = server->start();
        ASSERT_TRUE(started.has_value()) << started.error().message;
    }
    std::uint16_t port() const { return server->port(); }
    /// Handlers use what tests own: no thread may outlive a test's body.
    void TearDown() override {
        if (server)
            server->stop();
    }
};

} // namespace landfall::http::testing
