#include "faces/composition.hpp"
#include "faces/system.hpp"
#include "support/domain_fixture.hpp"
#include "unit/faces/asked_face.hpp"

#include <gmock/gmock.h>

namespace landfall::faces::testing {
namespace {

using ::testing::HasSubstr;

class SystemFace : public landfall::testing::DomainTest {
protected:
    http::Face face = system_face(serving::Published(services), R"({"openapi":"3.1.0"})");
};

TEST_F(SystemFace, TellsThatItLivesAndIsReady) {
    EXPECT_EQ(ask(face, request_for("GET", "/healthz")).status, 200);
    const auto ready = ask(readiness_face(services), request_for("GET", "/readyz"));
    EXPECT_EQ(ready.status, 200) << body_of(ready);
    EXPECT_TRUE(blobs().empty());
}

TEST_F(SystemFace, PublishesDocumentsThatAreNotSentAgain) {
    const auto document = ask(face, request_for("GET", "/openapi.json"));
    EXPECT_EQ(body_of(document), R"({"openapi":"3.1.0"})");
    const auto etag = std::string(document.headers.get("ETag").value());
    EXPECT_EQ(ask(face, request_for("GET", "/openapi.json", {{"If-None-Match", etag}})).status, 304);
}

using Faces = SystemFace;

TEST_F(Faces, LieUnderPrefixesOfTheirOwn) {
    const domain::OutboxReader outbox(transactor, {});
    Composition faces(services, "1.2.3", {{}, outbox});
    http::Server server({});
    for (const auto& one : faces.all())
        EXPECT_NO_THROW(server.add(one));
    EXPECT_NO_THROW(server.add(faces.readiness()));
    EXPECT_NO_THROW(server.add(faces.metrics(server)));
    EXPECT_ANY_THROW(server.add(http::Face({"/storage/"})));
}

TEST_F(Faces, CountWhatTheyAreToldAndWhatOthersCount) {
    const domain::OutboxReader outbox(transactor, {});
    Composition faces(services, "1.2.3", {{}, outbox, nullptr, database.get()});
    const http::Server server({});
    const auto metrics = faces.metrics(server);
    http::Exchange exchange;
    exchange.operation = "items.list";
    exchange.status = 200;
    exchange.duration = std::chrono::milliseconds(20);
    faces.observe(exchange);
    exchange.operation = "";
    faces.observe(exchange);
    const auto answer = ask(metrics, request_for("GET", "/metrics"));
    EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    for (const char* line : {"landfall_requests_total{operation=\"items.list\",status=\"200\"} 1\n",
                             "landfall_requests_total{operation=\"other\",status=\"200\"} 1\n",
                             "landfall_request_duration_seconds_bucket{operation=\"items.list\",le=\"0.01\"} 0\n",
                             "landfall_request_duration_seconds_bucket{operation=\"items.list\",le=\"0.025\"} 1\n",
                             "landfall_request_duration_seconds_sum{operation=\"items.list\"} 0.02\n",
                             "# TYPE landfall_connections_open gauge\nlandfall_connections_open 0\n",
                             "# TYPE landfall_tile_cache_hits_total counter\nlandfall_tile_cache_hits_total 0\n",
                             "landfall_journal_dropped_total 0\n", "landfall_objects_missing 0\n",
                             "landfall_memory_used_bytes{part=\"tiles\"} 0\n", "landfall_database_up 1\n",
                             "# TYPE landfall_jobs_queued gauge\n", "landfall_jobs_oldest_due_seconds 0\n"})
        EXPECT_THAT(body_of(answer), HasSubstr(line));
    EXPECT_THAT(body_of(answer),
                HasSubstr("landfall_storage_used_bytes{organization=\"" + organization.str() + "\"} 0\n"));
    for (int i = 0; i < 10; ++i)
        (void)ask(metrics, request_for("GET", "/metrics"));
    const auto last = ask(metrics, request_for("GET", "/metrics"));
    faces.observe(exchange);
    EXPECT_EQ(body_of(ask(metrics, request_for("GET", "/metrics"))), body_of(last)) << "who asks too often";
}

} // namespace
} // namespace landfall::faces::testing
