#include "faces/system.hpp"

#include "core/ids.hpp"
#include "core/mutex.hpp"
#include "domain/stac/links.hpp"
#include "http/message/problem.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <vector>

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
        return fail(Code::Unavailable, "The worker launcher is not running; it is started again in a moment");
    return services.workers.now();
}

/// Looks three times a second at most, since anybody may ask and looking writes to the disk; who asks more often, or
/// while somebody looks, is told what was found last. Thread-safe.
class Readiness {
public:
    explicit Readiness(const domain::Services& services) : services_(services) {}

    Status now() {
        const auto began = std::chrono::steady_clock::now();
        {
            const Lock lock(mutex_);
            while (looking_ && looks_.empty())
                looked_.wait(mutex_);
            std::erase_if(looks_, [&](auto look) { return began - look > std::chrono::seconds(1); });
            if (looking_ || looks_.size() >= kLooksASecond)
                return found_;
            looking_ = true;
        }
        Status found = check_parts(services_);
        const Lock lock(mutex_);
        found_ = std::move(found);
        looks_.push_back(began);
        looking_ = false;
        looked_.notify_all();
        return found_;
    }

private:
    static constexpr std::size_t kLooksASecond = 3;
    const domain::Services& services_;
    Mutex mutex_;
    Condition looked_;
    bool looking_ GUARDED_BY(mutex_) = false;
    std::vector<std::chrono::steady_clock::time_point> looks_ GUARDED_BY(mutex_); ///< of the last second
    Status found_ GUARDED_BY(mutex_);
};

http::Response readiness(Readiness& ready, const http::Request& request) {
    if (const auto found = ready.now(); !found)
        return http::problem(found.error(), request.request_id);
    return http::Response::text(200, "application/json", R"({"status":"ready"})");
}

} // namespace

http::Face system_face(const serving::Published& published, const std::string& openapi) {
    http::Face face({"/healthz", "/openapi.json", std::string(domain::kLineageSchemaPath)});
    face.route("GET", "/healthz", http::Lane::Inline, [](const http::Request&) {
        return named(http::Response::text(200, "application/json", R"({"status":"ok"})"), "healthz");
    });
    face.route("GET", "/openapi.json", http::Lane::Inline, published.document(openapi, "application/json", "openapi"));
    face.route("GET", std::string(domain::kLineageSchemaPath), http::Lane::Inline,
               published.document(domain::lineage_schema().dump(), "application/schema+json", "lineage_schema"));
    return face;
}

http::Face readiness_face(const domain::Services& services) {
    http::Face face({"/readyz"});
    const auto ready = std::make_shared<Readiness>(services);
    face.route("GET", "/readyz", http::Lane::Interactive,
               [ready](const http::Request& request) { return named(readiness(*ready, request), "readyz"); });
    return face;
}

} // namespace landfall::faces
