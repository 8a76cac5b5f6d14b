#include "catalog/items/asset.hpp"
#include "catalog/work/upload.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <atomic>
#include <thread>

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class UploadTest : public CatalogTest<E> {
protected:
    UploadId open_upload() {
        UploadRow row;
        row.id = UploadId::make();
        row.organization_id = this->organization_.id;
        row.project_id = this->project_.id;
        row.principal_id = "usr_1";
        row.total_bytes = row.reserved_bytes = 50;
        row.created_at = row.updated_at = row.last_activity_at = at_second(10);
        this->write([&](Session& s) { return insert_upload(s, row); });
        return row.id;
    }
    bool sign(const UploadId& id, const std::string& name) {
        UploadFileRow file;
        file.upload_id = id;
        file.organization_id = this->organization_.id;
        file.file_name = name;
        file.content_type = "image/tiff";
        file.object_path = "uploads/" + id.str() + "/" + name;
        file.created_at = at_second(20);
        return this->wrote([&](Session& s) { return sign_upload_file(s, file); });
    }
    PutOutcome put(const UploadId& id, const std::string& name, const std::string& blob) {
        return this->wrote([&](Session& s) { return record_put(s, {id, name, blob, 5, "md5", "sha", at_second(30)}); });
    }
    bool claim(const UploadId& id, const std::string& token, std::int64_t second, std::int64_t epoch) {
        return this->wrote([&](Session& s) {
            return claim_upload(s, this->organization_.id, id,
                                {token, at_second(second), at_second(second + 10), epoch});
        });
    }
    UploadRow read(const UploadId& id) {
        return *this->got([&](Session& s) { return find_upload(s, this->organization_.id, id); });
    }
    std::optional<std::int64_t> fail_it(const UploadId& id, std::optional<std::string> token = {}) {
        return this->wrote([&](Session& s) {
            return fail_upload(s, this->organization_.id, id,
                               {.message = "broken", .step = "ingest", .at = at_second(60), .claim_token = token});
        });
    }
};

TYPED_TEST_SUITE(UploadTest, Engines, EngineName);

TYPED_TEST(UploadTest, SigningMakesItUploadingAndRaisesTheFileCount) {
    const UploadId id = this->open_upload();
    EXPECT_TRUE(this->sign(id, "a.tif"));
    EXPECT_TRUE(this->sign(id, "b.tif"));
    EXPECT_TRUE(this->sign(id, "b.tif"));
    EXPECT_EQ(this->read(id).state, UploadState::Uploading);
    EXPECT_EQ(this->read(id).file_count, 2);
    EXPECT_EQ(this->got([&](Session& s) { return list_upload_files(s, id); }).size(), 2U);
}

TYPED_TEST(UploadTest, ASecondPutGivesBackTheFirstBlob) {
    const UploadId id = this->open_upload();
    this->sign(id, "a.tif");
    EXPECT_FALSE(this->put(id, "unsigned.tif", "x").accepted);
    EXPECT_EQ(this->put(id, "a.tif", "blob-1").previous_blob, std::nullopt);
    EXPECT_TRUE(this->got([&](Session& s) { return blob_is_known(s, "blob-1"); }));
    const PutOutcome second = this->put(id, "a.tif", "blob-2");
    EXPECT_TRUE(second.accepted);
    EXPECT_EQ(second.previous_blob, "blob-1");
    EXPECT_FALSE(this->got([&](Session& s) { return blob_is_known(s, "blob-1"); }));
    const std::vector<std::string> asked{"blob-0", "blob-1", "blob-2"};
    EXPECT_EQ(this->got([&](Session& s) { return unknown_blobs(s, asked); }),
              (std::vector<std::string>{"blob-0", "blob-1"}));
    EXPECT_TRUE(this->got([&](Session& s) { return unknown_blobs(s, {}); }).empty());
}

TYPED_TEST(UploadTest, OnlyOneOfManyClaimsWins) {
    const UploadId id = this->open_upload();
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < 16; ++n)
        threads.emplace_back([&, n] { winners += this->claim(id, "token-" + std::to_string(n), 40, 1); });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(winners, 1);
}

TYPED_TEST(UploadTest, AClaimIsRetakenAfterItsLeaseOrAfterARestart) {
    const UploadId id = this->open_upload();
    EXPECT_TRUE(this->claim(id, "first", 40, 1));
    EXPECT_FALSE(this->claim(id, "second", 45, 1));
    EXPECT_TRUE(this->claim(id, "second", 45, 2));
    EXPECT_FALSE(this->wrote([&](Session& s) { return renew_upload_claim(s, id, "first", at_second(90)); }));
    EXPECT_TRUE(this->claim(id, "third", 56, 2));
    EXPECT_FALSE(this->wrote([&](Session& s) { return complete_upload(s, id, "second", "[]", at_second(57)); }));
    EXPECT_TRUE(this->wrote([&](Session& s) { return complete_upload(s, id, "third", R"(["it_1"])", at_second(57)); }));
    const UploadRow row = this->read(id);
    EXPECT_EQ(row.state, UploadState::Completed);
    EXPECT_EQ(row.item_ids, R"(["it_1"])");
    EXPECT_EQ(row.reserved_bytes, 0);
    EXPECT_FALSE(this->claim(id, "late", 1000, 9));
    EXPECT_EQ(this->fail_it(id), std::nullopt);
}

TYPED_TEST(UploadTest, NoPutIsAcceptedOnceItIsClaimed) {
    const UploadId id = this->open_upload();
    this->sign(id, "a.tif");
    this->put(id, "a.tif", "blob-1");
    EXPECT_TRUE(this->claim(id, "t", 40, 1));
    EXPECT_FALSE(this->put(id, "a.tif", "blob-2").accepted);
    EXPECT_FALSE(this->sign(id, "b.tif"));
    EXPECT_TRUE(this->wrote([&](Session& s) { return return_upload(s, id, "t", at_second(50)); }));
    EXPECT_EQ(this->put(id, "a.tif", "blob-2").previous_blob, "blob-1");
}

TYPED_TEST(UploadTest, FailingGivesTheReservationBackExactlyOnce) {
    const UploadId id = this->open_upload();
    std::atomic<std::int64_t> given_back = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < 8; ++n)
        threads.emplace_back([&] { given_back += this->fail_it(id).value_or(0); });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(given_back, 50);
    EXPECT_EQ(this->read(id).state, UploadState::Failed);
    EXPECT_EQ(this->read(id).error_step, "ingest");
}

TYPED_TEST(UploadTest, AProcessingSessionFailsForItsHolderAndOnceItsLeaseIsOutForAnyone) {
    const UploadId id = this->open_upload();
    EXPECT_TRUE(this->claim(id, "t", 55, 1));
    EXPECT_EQ(this->fail_it(id), std::nullopt);
    EXPECT_EQ(this->fail_it(id, "other"), std::nullopt);
    EXPECT_EQ(this->fail_it(id, "t"), 50);
    const UploadId late = this->open_upload();
    EXPECT_TRUE(this->claim(late, "t", 50, 1));
    EXPECT_EQ(this->fail_it(late), 50);
}

TYPED_TEST(UploadTest, ProgressNeverTouchesAnEndedSession) {
    const UploadId id = this->open_upload();
    const auto progress = [&](std::int64_t bytes) {
        return this->wrote([&](Session& s) {
            return record_progress(s, this->organization_.id, id, {"sending", bytes}, at_second(50));
        });
    };
    EXPECT_TRUE(progress(7));
    EXPECT_EQ(this->read(id).bytes_uploaded, 7);
    this->fail_it(id);
    EXPECT_TRUE(progress(9));
    EXPECT_EQ(this->read(id).bytes_uploaded, 7);
    EXPECT_FALSE(
        this->wrote([&](Session& s) { return record_progress(s, OrganizationId::make(), id, {}, at_second(50)); }));
}

TYPED_TEST(UploadTest, IdleSessionsAreListedAndClearingSparesObjects) {
    const UploadId id = this->open_upload();
    this->sign(id, "a.tif");
    this->sign(id, "b.tif");
    this->put(id, "a.tif", "kept");
    this->put(id, "b.tif", "orphan");
    EXPECT_EQ(this->got([](Session& s) { return list_idle_uploads(s, at_second(30), 10); }).size(), 0U);
    EXPECT_EQ(this->got([](Session& s) { return list_idle_uploads(s, at_second(31), 10); }).size(), 1U);
    this->write([&](Session& s) {
        return insert_object(s, {ObjectId::make(), this->organization_.id, "kept", 5, "m", "s", 1, at_second(1), {}});
    });
    EXPECT_EQ(this->wrote([&](Session& s) { return clear_upload_files(s, id); }), std::vector<std::string>{"orphan"});
    EXPECT_TRUE(this->got([&](Session& s) { return list_upload_files(s, id); }).empty());
}

} // namespace
} // namespace landfall::catalog
