#include "catalog/items/asset.hpp"
#include "catalog/work/upload.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/items.hpp"
#include "domain/upkeep/identity.hpp"
#include "domain/upkeep/sweep.hpp"
#include "storage/blob_key.hpp"
#include "storage/object_store.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using testing::canned_tiff;
using testing::code_of;

class Sweep : public testing::DomainTest {
protected:
    SweepReport run(std::chrono::seconds grace = std::chrono::seconds(0)) {
        SweepOptions options;
        options.grace = grace;
        options.limits = services.settings.limits;
        options.orphan_grace = grace;
        return run(options);
    }
    SweepReport run(const SweepOptions& options) {
        const auto report = sweep({*database, transactor, *store}, clock, options);
        EXPECT_TRUE(report) << (report ? "" : report.error().message + report.error().cause);
        return *report;
    }
    catalog::UploadState state(const UploadId& id) {
        return got([&](database::Session& s) { return catalog::find_upload(s, organization, id); })->state;
    }
    void remove(const ItemId& id) {
        const auto done = as(key, [&](Context& cx) -> Result<bool> {
            CHECK_OK(delete_item(cx, id));
            return true;
        });
        ASSERT_TRUE(done);
    }
    /// A blob that no row names.
    std::string orphan() {
        auto writer = store->create(storage::new_blob_key());
        EXPECT_TRUE((*writer)->write(std::vector<std::byte>(7)));
        return (*writer)->finish()->key;
    }
};

TEST_F(Sweep, EndsSessionsThatWereIdleForADay) {
    const auto idle = open_upload(100);
    send(idle, "a.tif", canned_tiff());
    clock.advance(std::chrono::hours(23));
    const auto fresh = open_upload(50);
    EXPECT_EQ(run().sessions_ended, 0);
    clock.advance(std::chrono::hours(1) + std::chrono::seconds(1));
    const auto report = run();
    EXPECT_EQ(report.sessions_ended, 1);
    EXPECT_EQ(state(idle), catalog::UploadState::Failed);
    EXPECT_EQ(state(fresh), catalog::UploadState::Pending);
    EXPECT_EQ(storage().reserved, 50);
    EXPECT_TRUE(blobs().empty());
    EXPECT_EQ(run().sessions_ended, 0) << "again";
}

TEST_F(Sweep, BeginsNothingOnceItIsToldToStop) {
    open_upload(100);
    orphan();
    clock.advance(std::chrono::hours(25));
    std::stop_source stop;
    stop.request_stop();
    const auto report = sweep({*database, transactor, *store}, clock,
                              {std::chrono::seconds(0), services.settings.limits, stop.get_token()});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sessions_ended + report->orphans_removed, 0);
    EXPECT_EQ(run().sessions_ended, 1);
    EXPECT_TRUE(blobs().empty());
}

TEST_F(Sweep, CountsAnyActivityOfASession) {
    const auto id = open_upload(100);
    clock.advance(std::chrono::hours(20));
    send(id, "a.tif", canned_tiff());
    clock.advance(std::chrono::hours(20));
    EXPECT_EQ(run().sessions_ended, 0);
    clock.advance(std::chrono::hours(5));
    EXPECT_EQ(run().sessions_ended, 1);
}

TEST_F(Sweep, LeavesSessionsAloneWhenTheLimitIsOff) {
    services.settings.limits.upload_idle_seconds = 0;
    (void)open_upload(1);
    clock.advance(std::chrono::hours(1000));
    EXPECT_EQ(run().sessions_ended, 0);
}

TEST_F(Sweep, RemovesBlobsWithoutARowAfterTheGrace) {
    const auto forgotten = orphan();
    const auto item = uploaded_item();
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    EXPECT_EQ(run(std::chrono::hours(1)).orphans_removed, 0) << "it is young: its row may be on its way";
    const auto report = run();
    EXPECT_EQ(report.orphans_removed, 1);
    EXPECT_EQ(report.bytes_freed, 7);
    EXPECT_EQ(blobs().size(), 2U) << "the item's and the open session's stay";
    EXPECT_EQ(code_of(store->open(forgotten)), Code::NotFound);
    EXPECT_TRUE(complete(id, key)) << "the session still is whole";
}

TEST_F(Sweep, KeepsWhatTheCatalogDoesNotKnowForAMonthUnlessItIsTold) {
    orphan();
    SweepOptions usual;
    usual.grace = std::chrono::seconds(0);
    EXPECT_EQ(run(usual).orphans_removed, 0);
    usual.limits.orphan_seconds = 0;
    EXPECT_EQ(run(usual).orphans_removed, 1);
}

TEST_F(Sweep, RemovesNoTenthOfAllUnasked) {
    SweepOptions options;
    options.grace = std::chrono::seconds(0);
    options.orphan_grace = std::chrono::seconds(0);
    for (int i = 0; i < 101; ++i)
        orphan();
    EXPECT_EQ(run(options).orphans_held, 101);
    EXPECT_EQ(blobs().size(), 101U);
    options.any_number_of_orphans = true;
    const auto report = run(options);
    EXPECT_EQ(report.orphans_held, 0);
    EXPECT_EQ(report.orphans_removed, 101);
}

TEST_F(Sweep, LeavesTheNameOfTheStore) {
    ASSERT_TRUE(check_identity(transactor, *store, clock.now()));
    EXPECT_EQ(run().orphans_removed, 0);
    EXPECT_TRUE(check_identity(transactor, *store, clock.now()));
}

TEST_F(Sweep, LeavesABlobThatIsBeingWritten) {
    auto writer = store->create(storage::new_blob_key());
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(std::vector<std::byte>(7)));
    ASSERT_TRUE((*writer)->finish());
    EXPECT_EQ(run().orphans_removed, 0);
    writer->reset();
    EXPECT_EQ(run().orphans_removed, 1);
}

TEST_F(Sweep, LeavesTheFilesOfASessionThatIsBeingCompleted) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    catalog::UploadClaim claim;
    claim.token = "t";
    claim.now = clock.now();
    claim.lease_until = clock.now() + std::chrono::seconds(10);
    claim.server_epoch = 1;
    ASSERT_TRUE(wrote([&](database::Session& s) { return catalog::claim_upload(s, organization, id, claim); }));
    EXPECT_EQ(run().orphans_removed, 0);
    EXPECT_EQ(blobs().size(), 1U);
}

TEST_F(Sweep, PurgesDeletedItemsAfterTheirRetentionAndThenTheirBytes) {
    const auto id = uploaded_item();
    const auto kept = uploaded_item();
    remove(id);
    clock.advance(std::chrono::days(30));
    EXPECT_EQ(run().items_purged, 0);
    EXPECT_EQ(blobs().size(), 2U);
    clock.advance(std::chrono::seconds(1));
    const auto report = run(std::chrono::hours(1));
    EXPECT_EQ(report.items_purged, 1);
    EXPECT_EQ(report.objects_removed, 0) << "within the grace";
    EXPECT_FALSE(got([&](database::Session& s) { return catalog::find_item_even_deleted(s, organization, id); }));
    clock.advance(std::chrono::hours(1) + std::chrono::seconds(1));
    const auto later = run(std::chrono::hours(1));
    EXPECT_EQ(later.objects_removed, 1);
    EXPECT_EQ(later.bytes_freed, 64);
    EXPECT_EQ(blobs().size(), 1U);
    EXPECT_TRUE(got([&](database::Session& s) { return catalog::find_item(s, organization, kept); }));
    EXPECT_EQ(storage().used, 64);
}

TEST_F(Sweep, RemovesAuditRecordsThatAreOldEnough) {
    const auto record = [&] {
        catalog::AuditRow row;
        row.id = AuditId::make();
        row.principal_id = row.id.str();
        row.at = clock.now();
        journal->audit(std::move(row));
    };
    for (int i = 0; i < 450; ++i)
        record();
    clock.advance(std::chrono::hours(24) * 400);
    record();
    journal->flush();
    const auto before = figure("SELECT count(*) FROM audit_log");
    run();
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log"), before);
    clock.advance(std::chrono::seconds(1));
    run();
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log"), before - 450);
    services.settings.limits.audit_seconds = 0;
    clock.advance(std::chrono::hours(24) * 4000);
    run();
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log"), before - 450);
}

TEST_F(Sweep, KeepsDeletedItemsForEverWhenTheLimitIsOff) {
    services.settings.limits.deleted_item_seconds = 0;
    remove(uploaded_item());
    clock.advance(std::chrono::days(10'000));
    EXPECT_EQ(run().items_purged, 0);
}

} // namespace
} // namespace landfall::domain
