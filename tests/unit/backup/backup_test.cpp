#include "backup/backup.hpp"
#include "backup/restore.hpp"
#include "catalog/migrations/schema.hpp"
#include "domain/upkeep/identity.hpp"
#include "support/domain_fixture.hpp"

#include <filesystem>

namespace landfall::backup {
namespace {

using testing::canned_tiff;

class Backups : public testing::DomainTest {
protected:
    Backups() { EXPECT_TRUE(domain::check_identity(transactor, *store, clock.now())); }

    Result<BackupReport> back_up(BackupOptions options = {"test"}) {
        return backup::back_up({database_url, transactor, *store, clock}, target, options);
    }
    BackupReport backed_up(BackupOptions options = {"test"}) {
        const auto report = back_up(std::move(options));
        EXPECT_TRUE(report) << (report ? "" : report.error().message + report.error().cause);
        return report.value_or(BackupReport());
    }
    /// What a restore into an empty store gives.
    Result<RestoreReport> restore(storage::ObjectStore& into) {
        std::filesystem::create_directories(to.folder);
        TRY(const auto source, Backup::open(target));
        CHECK_OK(source.check_destination(to));
        CHECK_OK(source.mark_unfinished(to));
        EXPECT_FALSE(check_restored(to.folder));
        return source.restore(to, into);
    }
    static std::string bytes_of(const storage::ObjectStore& store, const std::string& key) {
        const auto blob = store.open(key);
        if (!blob)
            return "";
        std::string bytes(static_cast<std::size_t>((*blob)->size()), '\0');
        EXPECT_TRUE((*blob)->read(0, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
        return bytes;
    }

    const std::string database_url = "sqlite:" + (folder / "catalog.db");
    const std::string target = folder / "backup";
    const Destination to{folder / "restored", "sqlite:" + (folder / "restored/catalog.db")};
};

TEST_F(Backups, AStoreWhoseObjectsAreNoFilesIsCopiedAndComesBack) {
    uploaded_item();
    const auto report = backed_up();
    EXPECT_EQ(report.objects, 2) << "with the one that names the store";
    EXPECT_EQ(report.copied, report.objects);
    const auto other = storage::make_memory_store();
    const auto restored = restore(*other);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_TRUE(check_restored(to.folder));
    for (const std::string& blob : blobs())
        EXPECT_EQ(bytes_of(*other, blob), bytes_of(*store, blob)) << blob;
    const auto opened = catalog::open({.url = to.database_url});
    ASSERT_TRUE(opened);
    const catalog::Transactor restored_transactor(**opened, [](const catalog::Effects&) {});
    EXPECT_TRUE(domain::check_identity(restored_transactor, *other, clock.now()));
}

TEST_F(Backups, AFileOfAnOpenSessionIsCopiedAndOneOfAnEndedSessionIsNot) {
    const auto open = open_upload(100);
    send(open, "a.tif", canned_tiff());
    EXPECT_EQ(backed_up().objects, 2);
}

TEST_F(Backups, OnlyWhatIsNewIsCopied) {
    uploaded_item();
    backed_up();
    clock.advance(std::chrono::seconds(1));
    uploaded_item();
    EXPECT_EQ(backed_up().copied, 1);
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(backed_up({"test", true}).copied, 0);
}

TEST_F(Backups, AnObjectThatTheStoreHasLostIsToldOrLeftOut) {
    uploaded_item();
    const auto keys = blobs();
    std::string lost_key;
    for (const std::string& blob : keys)
        if (blob != domain::kStoreIdentityKey)
            lost_key = blob;
    ASSERT_TRUE(store->remove(lost_key));
    const auto refused = back_up();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Conflict);
    EXPECT_NE(refused.error().message.find(lost_key), std::string::npos);
    EXPECT_EQ(backed_up({"test", false, true}).damaged, std::vector{lost_key});
    const auto other = storage::make_memory_store();
    const auto restored = restore(*other);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(restored->damaged, 1);
}

TEST_F(Backups, TwoDoNotWriteToOneFolder) {
    const auto first = Folder::begin(target);
    ASSERT_TRUE(first);
    const auto second = back_up();
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("Another backup"), std::string::npos);
}

TEST_F(Backups, AnInterruptedRestoreGoesOnWithItsOwnBackupOnly) {
    uploaded_item();
    backed_up();
    std::filesystem::create_directories(to.folder);
    const auto source = Backup::open(target);
    ASSERT_TRUE(source && source->mark_unfinished(to));
    const auto other = storage::make_memory_store();
    ASSERT_TRUE(source->restore(to, *other));
    ASSERT_TRUE(source->mark_unfinished(to));
    EXPECT_TRUE(source->check_destination(to)) << "killed after its last step";
    const auto again = source->restore(to, *other);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->kept, again->objects);
    ASSERT_TRUE(source->mark_unfinished(to));
    clock.advance(std::chrono::seconds(1));
    backed_up();
    const auto later = Backup::open(target);
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->check_destination(to));
}

} // namespace
} // namespace landfall::backup
