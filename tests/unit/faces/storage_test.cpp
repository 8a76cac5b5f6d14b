#include "core/text.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/assets.hpp"
#include "faces/storage.hpp"
#include "storage/blob_key.hpp"
#include "storage/sigv4.hpp"
#include "support/domain_fixture.hpp"
#include "unit/faces/asked_face.hpp"

#include <gmock/gmock.h>

namespace landfall::faces::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The store is one in memory: what is sent has no descriptor.
class StorageFace : public landfall::testing::DomainTest {
protected:
    http::Face face = storage_face(services);

    std::string signed_path(const std::string& path, std::string method = "GET") {
        storage::PresignRequest terms;
        terms.method = std::move(method);
        terms.origin = services.settings.public_url;
        terms.path = "/storage/" + services.settings.bucket + "/" + path;
        if (terms.method == "PUT")
            terms.headers = {{"content-type", "image/tiff"}};
        return storage::presign(services.signing_key, terms, clock.now());
    }
    std::string file_url(const ItemId& item) {
        const auto made = as(key, [&](domain::Context& cx) { return domain::download_asset(cx, item, "data"); });
        EXPECT_TRUE(made.has_value());
        return made->url;
    }
};

TEST_F(StorageFace, SendsAStoredFileWithItsValidators) {
    const auto url = file_url(uploaded_item());
    const auto answer = ask(face, request_for("GET", url));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(std::holds_alternative<http::PulledBody>(answer.body));
    EXPECT_EQ(body_of(answer), landfall::testing::canned_tiff());
    EXPECT_TRUE(answer.headers.get("ETag") && answer.headers.get("Last-Modified"));
    EXPECT_EQ(answer.headers.get("Accept-Ranges"), "bytes");
    EXPECT_EQ(answer.operation, "storage.get");
    EXPECT_TRUE(answer.on_sent);
    const auto etag = std::string(*answer.headers.get("ETag"));
    EXPECT_EQ(ask(face, request_for("GET", url, {{"If-None-Match", etag}})).status, 304);
}

TEST_F(StorageFace, SendsARangeAndCountsNothingForWhatIsNotSent) {
    const auto url = file_url(uploaded_item());
    const auto part = ask(face, request_for("GET", url, {{"Range", "bytes=1-3"}}));
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(body_of(part), landfall::testing::canned_tiff().substr(1, 3));
    const auto beyond = ask(face, request_for("GET", url, {{"Range", "bytes=64-"}}));
    EXPECT_EQ(beyond.status, 416);
    EXPECT_EQ(beyond.headers.get("Content-Range"), "bytes */64");
    EXPECT_THAT(body_of(beyond), HasSubstr("<Code>InvalidRange</Code>"));
    EXPECT_FALSE(beyond.on_sent);
    const auto failed = ask(face, request_for("GET", url, {{"If-Match", "\"other\""}}));
    EXPECT_EQ(failed.status, 412);
    EXPECT_THAT(body_of(failed), HasSubstr("<Code>PreconditionFailed</Code>"));
}

TEST_F(StorageFace, TakesAFileAndTellsItsMd5) {
    const auto upload = open_upload(64);
    const auto made =
        as(key, [&](domain::Context& cx) { return domain::sign_upload(cx, upload, "a.tif", "image/tiff"); });
    ASSERT_TRUE(made.has_value());
    const auto url = signed_path(made->object_path, "PUT");
    const std::vector<std::pair<std::string, std::string>> headers{{"Content-Type", "image/tiff"},
                                                                   {"Content-Length", "64"}};
    const auto answer = ask(face, request_for("PUT", url, headers), landfall::testing::canned_tiff());
    EXPECT_EQ(answer.status, 200) << body_of(answer);
    EXPECT_TRUE(answer.headers.get("ETag"));
    EXPECT_EQ(answer.operation, "storage.put");
    EXPECT_EQ(complete(upload, key)->size(), 1U);
}

TEST_F(StorageFace, RefusesAsS3Does) {
    const auto altered = ask(face, request_for("GET", file_url(uploaded_item()) + "0"));
    EXPECT_EQ(altered.status, 403);
    EXPECT_THAT(body_of(altered), HasSubstr("<Error>"));
    const auto nothing = ask(face, request_for("GET", "/storage/"));
    EXPECT_EQ(nothing.status, 403);
    EXPECT_THAT(body_of(nothing), HasSubstr("<Code>AccessDenied</Code>"));
}

TEST_F(StorageFace, GivesTheServersOwnRefusalsTheFormOfS3) {
    const auto request = request_for("GET", "/storage/landfall/x");
    const auto refused = [&](int status) { return face.refuse()(request, status, "Why it is so."); };
    for (const auto& [status, shown, code] :
         std::vector<std::tuple<int, int, std::string>>{{404, 403, "AccessDenied"},
                                                        {405, 405, "MethodNotAllowed"},
                                                        {408, 400, "RequestTimeout"},
                                                        {413, 413, "EntityTooLarge"},
                                                        {501, 501, "NotImplemented"},
                                                        {503, 503, "SlowDown"},
                                                        {500, 500, "InternalError"},
                                                        {400, 400, "InvalidRequest"}}) {
        const auto answer = refused(status);
        EXPECT_EQ(answer.status, shown) << status;
        EXPECT_THAT(body_of(answer), HasSubstr("<Code>" + code + "</Code>"));
    }
    EXPECT_THAT(body_of(refused(413)), HasSubstr("Why it is so."));
    EXPECT_THAT(body_of(refused(404)), Not(HasSubstr("Why it is so.")));
    EXPECT_EQ(refused(503).headers.get("Retry-After"), "1");
}

} // namespace
} // namespace landfall::faces::testing
