#include "faces/system.hpp"

#include "core/ids.hpp"
#include "domain/drawing/tile_cache.hpp"
#include "domain/items/item_document.hpp"
#include "domain/ledger/journal.hpp"
#include "http/message/problem.hpp"

#include <array>

namespace landfall::faces {
namespace {

http::Response named(http::Response response, std::string_view operation) {
    response.operation = operation;
    return response;
}

/// Unavailable unless the store takes bytes: a full disk still gives a file a name. Nothing stays of a blob that is
/// begun and not finished.
Status check_store(storage::ObjectStore& store) {
    constexpr std::array<std::byte, 4096> kBytes{};
    TRY(const auto blob, store.create("ready_" + unique_part()));
    return blob->write(kBytes);
}

/// Unavailable, naming the first part without which calls fail.
Status check_parts(const domain::Services& services) {
    const auto database = services.database.read(
        [](database::Session& session) { return session.query("SELECT 1", {}, [](const database::Row&) {}); });
    if (!database)
        return fail(Error(Code::Unavailable, "The database does not answer").because(database.error().cause));
    if (const auto store = check_store(services.store); !store)
        return fail(Error(Code::Unavailable, "The object store takes no files. " + store.error().message)
                        .because(store.error().cause));
    if (!services.launcher.is_alive())
        return fail(Code::Unavailable, "The worker launcher is not running; restart the server");
    return {};
}

http::Response readiness(const domain::Services& services, const http::Request& request) {
    if (const auto ready = check_parts(services); !ready)
        return http::problem(ready.error(), request.request_id);
    return http::Response::text(200, "application/json", R"({"status":"ready"})");
}

/// A document that is the same for everybody until another version of the program serves it.
http::Response published(const std::string& text, std::string_view media_type, std::string_view operation) {
    http::Response response = http::Response::text(200, std::string(media_type), text);
    response.headers.set("Cache-Control", "public, max-age=300");
    return named(std::move(response), operation);
}

} // namespace

void add_system_routes(http::Server& server, const domain::Services& services, std::string openapi) {
    server.route("GET", "/healthz", http::Lane::Inline, [](const http::Request&) {
        return named(http::Response::text(200, "application/json", R"({"status":"ok"})"), "healthz");
    });
    server.route("GET", "/readyz", http::Lane::Interactive,
                 [&services](const http::Request& request) { return named(readiness(services, request), "readyz"); });
    server.route("GET", "/openapi.json", http::Lane::Inline, [text = std::move(openapi)](const http::Request&) {
        return published(text, "application/json", "openapi");
    });
    server.route("GET", std::string(domain::kLineageSchemaPath), http::Lane::Inline,
                 [text = domain::lineage_schema().dump()](const http::Request&) {
                     return published(text, "application/schema+json", "lineage_schema");
                 });
}

void add_metrics_route(http::Server& server, const Metrics& metrics, const http::Server& observed,
                       const domain::Services& services, Askers askers) {
    server.route(
        "GET", "/metrics", http::Lane::Interactive, [&metrics, &observed, &services, askers](const http::Request&) {
            Metrics::Counted counted{observed.stats(), services.journal.stats(), services.tile_cache.stats(), {}};
            for (const auto* asker : askers)
                counted.statements.emplace_back(asker->asker(), asker->statements());
            return named(http::Response::text(200, "text/plain; version=0.0.4; charset=utf-8", metrics.expose(counted)),
                         "metrics");
        });
}

} // namespace landfall::faces
