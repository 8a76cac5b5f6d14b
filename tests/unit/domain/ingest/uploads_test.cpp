#include "catalog/items/collection.hpp"
#include "catalog/work/upload.hpp"
#include "domain/ingest/upload_bytes.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/items.hpp"
#include "support/domain_fixture.hpp"

#include <atomic>
#include <limits>
#include <thread>

namespace landfall::domain {
namespace {

using catalog::UploadState;
using testing::canned_tiff;
using testing::code_of;
using O = auth::OrganizationRole;
using P = auth::ProjectRole;

class Uploads : public testing::DomainTest {
protected:
    Uploads() {
        wanted.project_id = project;
        wanted.transfer_method = "cli";
    }
    Result<catalog::UploadRow> initiate() {
        return as(key, [&](Context& cx) { return initiate_upload(cx, wanted); });
    }
    Result<SignedUpload> sign(const UploadId& id, const std::string& name, const std::string& type = "image/tiff") {
        return as(key, [&](Context& cx) { return sign_upload(cx, id, name, type); });
    }
    Result<catalog::UploadRow> give_up(const UploadId& id) {
        return as(key, [&](Context& cx) { return fail_upload(cx, id, "changed my mind", std::nullopt); });
    }
    catalog::UploadRow row(const UploadId& id) {
        return got([&](database::Session& s) { return catalog::find_upload(s, organization, id); }).value();
    }
    UploadState state(const UploadId& id) { return row(id).state; }
    CollectionId new_collection(const ProjectId& of) {
        catalog::CollectionRow made;
        made.id = CollectionId::make();
        made.organization_id = organization;
        made.project_id = of;
        made.stac_id = made.id.str();
        made.name = "c";
        const Status done = database->write([&](database::Session& s) { return catalog::insert_collection(s, made); });
        EXPECT_TRUE(done);
        return made.id;
    }

    NewUpload wanted;
};

TEST_F(Uploads, InitiateReservesTheDeclaredBytes) {
    set_quota(100);
    wanted.total_bytes = 60;
    const auto made = initiate();
    ASSERT_TRUE(made);
    EXPECT_EQ(made->state, UploadState::Pending);
    EXPECT_EQ(storage().reserved, 60);
    EXPECT_EQ(storage().used, 0);
    EXPECT_EQ(storage().available(), 40);
    EXPECT_EQ(made->expires_at, clock.now() + std::chrono::hours(24));
    EXPECT_EQ(last_targets, std::vector{made->id.str()});
}

TEST_F(Uploads, InitiateBeyondTheQuotaLeavesNothingBehind) {
    set_quota(100);
    wanted.total_bytes = 60;
    ASSERT_TRUE(initiate());
    wanted.total_bytes = 41;
    const auto refused = initiate();
    ASSERT_EQ(code_of(refused), Code::PaymentRequired);
    EXPECT_NE(refused.error().message.find("41"), std::string::npos);
    EXPECT_NE(refused.error().message.find("40"), std::string::npos)
        << "tells what is free: " << refused.error().message;
    EXPECT_EQ(storage().reserved, 60);
    EXPECT_EQ(figure("SELECT count(*) FROM upload"), 1);
    EXPECT_TRUE(usage_adds_up());
    wanted.total_bytes = 40;
    EXPECT_TRUE(initiate()) << "what fits exactly fits";
}

TEST_F(Uploads, ReservationsThatRaceNeverExceedTheQuota) {
    set_quota(50);
    wanted.total_bytes = 10;
    std::atomic<int> won = 0;
    std::atomic<int> refused = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 4; ++n) {
                    const Call call = call_of(key);
                    const auto made = transact(call, [&](Context& cx) { return initiate_upload(cx, wanted); });
                    made ? ++won : code_of(made) == Code::PaymentRequired ? ++refused : 0;
                }
            });
    }
    EXPECT_EQ(won, 5);
    EXPECT_EQ(refused, 11);
    EXPECT_EQ(storage().reserved, 50);
    EXPECT_EQ(storage().available(), 0);
}

TEST_F(Uploads, SumsBeyond64BitsAreRefusedWithoutAQuotaToo) {
    wanted.total_bytes = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(code_of(initiate()), Code::PaymentRequired);
    wanted.total_bytes = 1LL << 59;
    EXPECT_TRUE(initiate());
    const auto second = initiate();
    ASSERT_TRUE(second);
    EXPECT_EQ(code_of(initiate()), Code::PaymentRequired);
    EXPECT_EQ(storage().reserved, 1LL << 60);
    ASSERT_TRUE(give_up(second->id));
    EXPECT_EQ(storage().reserved, 1LL << 59);
    EXPECT_TRUE(usage_adds_up());
}

TEST_F(Uploads, TargetsOutsideTheProjectAreNotFound) {
    const auto other = new_project(organization, "There");
    wanted.target_collection_id = new_collection(other);
    EXPECT_EQ(code_of(initiate()), Code::NotFound);
    wanted.target_collection_id = CollectionId::make();
    EXPECT_EQ(code_of(initiate()), Code::NotFound);
    wanted.target_collection_id.reset();
    wanted.target_item_id = ItemId::make();
    EXPECT_EQ(code_of(initiate()), Code::NotFound);
    EXPECT_EQ(storage().reserved, 0);
}

TEST_F(Uploads, TargetsMustAgreeAndTheirAssetKeyBeFree) {
    const auto item = uploaded_item();
    wanted.target_item_id = item;
    wanted.asset_key = "data";
    EXPECT_EQ(code_of(initiate()), Code::Conflict) << "the item has an asset of that key";
    wanted.asset_key = "a/b";
    EXPECT_EQ(code_of(initiate()), Code::InvalidArgument);
    wanted.asset_key = "more";
    wanted.target_collection_id = new_collection(project);
    EXPECT_EQ(code_of(initiate()), Code::Conflict) << "the item lies in no collection";
    wanted.target_collection_id.reset();
    EXPECT_TRUE(initiate());
}

TEST_F(Uploads, TakeAtMostTheNumberOfFilesThatIsSet) {
    services.settings.limits.files_per_upload = 2;
    wanted.file_count = 3;
    EXPECT_EQ(code_of(initiate()), Code::InvalidArgument);
    wanted.file_count = 1;
    const auto id = initiate()->id;
    EXPECT_TRUE(sign(id, "a"));
    EXPECT_TRUE(sign(id, "b"));
    EXPECT_TRUE(sign(id, "b")) << "again";
    EXPECT_EQ(code_of(sign(id, "c")), Code::InvalidArgument);
    EXPECT_EQ(row(id).file_count, 2) << "more names than declared raise the count";
}

TEST_F(Uploads, FileNamesThatCouldBePathsAreRefused) {
    const auto id = open_upload(0);
    for (const auto& name :
         {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a\\b"),
          std::string("/etc/passwd"), std::string("a\nb"), std::string("a\x7F"), std::string(256, 'x')})
        EXPECT_EQ(code_of(sign(id, name)), Code::InvalidArgument) << name;
    EXPECT_EQ(state(id), UploadState::Pending);
    for (const auto& name : {std::string("a b.tif"), std::string("..a"), std::string("%2F"),
                             std::string("\xC3\xBC.tif"), std::string(255, 'x')}) {
        const auto made = sign(id, name);
        ASSERT_TRUE(made) << name;
        EXPECT_EQ(made->object_path, "uploads/" + id.str() + "/" + name);
        EXPECT_EQ(made->upload_url.find(' '), std::string::npos);
    }
}

TEST_F(Uploads, ContentTypesThatNoHeaderMayHoldAreRefused) {
    const auto id = open_upload(0);
    for (const auto& type : {std::string(), std::string("a\r\nX: y"), std::string(" a"), std::string("a "),
                             std::string("\xC3\xBC"), std::string(256, 'x')})
        EXPECT_EQ(code_of(sign(id, "a", type)), Code::InvalidArgument) << type;
}

TEST_F(Uploads, SigningBeginsAndFailingEndsASession) {
    wanted.total_bytes = 64;
    const auto id = initiate()->id;
    send(id, "a.tif", canned_tiff());
    EXPECT_EQ(state(id), UploadState::Uploading);
    ASSERT_EQ(blobs().size(), 1U);
    EXPECT_TRUE(give_up(id));
    EXPECT_EQ(state(id), UploadState::Failed);
    EXPECT_EQ(row(id).error_message, "changed my mind");
    EXPECT_EQ(storage().reserved, 0);
    EXPECT_EQ(released.size(), 1U);
    EXPECT_TRUE(blobs().empty()) << "the files are removed after the commit";
    EXPECT_TRUE(give_up(id)) << "again";
    EXPECT_TRUE(released.empty());
    EXPECT_EQ(storage().reserved, 0);
    EXPECT_EQ(code_of(sign(id, "b")), Code::Conflict);
    EXPECT_EQ(code_of(complete(id, key)), Code::Conflict);
}

TEST_F(Uploads, ProgressChangesNoStateAtAnyTime) {
    const auto id = open_upload(0);
    const auto tell = [&](std::int64_t bytes) {
        return as(key, [&](Context& cx) { return report_progress(cx, id, {"on my way", bytes}); });
    };
    EXPECT_EQ(tell(5)->bytes_uploaded, 5);
    EXPECT_EQ(state(id), UploadState::Pending);
    ASSERT_TRUE(give_up(id));
    ASSERT_TRUE(tell(9)) << "ignored after the end";
    EXPECT_EQ(row(id).bytes_uploaded, 5);
    EXPECT_EQ(state(id), UploadState::Failed);
}

TEST_F(Uploads, AreContinuedByTheirCreatorAndByEditors) {
    const auto creator = new_user({}, P::Editor);
    const auto id = as(creator, [&](Context& cx) { return initiate_upload(cx, wanted); })->id;
    const auto go_on = [&](const auth::Principal& who) {
        return code_of(as(who, [&](Context& cx) { return sign_upload(cx, id, "a", "image/tiff"); }));
    };
    EXPECT_EQ(go_on(creator), std::nullopt);
    EXPECT_EQ(go_on(new_user({}, P::Editor)), std::nullopt);
    EXPECT_EQ(go_on(new_user(O::Admin)), std::nullopt);
    EXPECT_EQ(go_on(new_user({}, P::Viewer)), Code::PermissionDenied);
    EXPECT_EQ(go_on(new_user(O::Member)), Code::PermissionDenied);
    EXPECT_EQ(go_on(key_of(new_organization("Elsewhere"))), Code::NotFound);
}

TEST_F(Uploads, AFileSentAgainReplacesTheFirst) {
    const auto id = open_upload(200);
    send(id, "a.tif", canned_tiff());
    const auto first = blobs();
    send(id, "a.tif", std::string(100, 'x'));
    ASSERT_EQ(blobs().size(), 1U);
    EXPECT_NE(blobs(), first);
    EXPECT_EQ(got([&](database::Session& s) { return catalog::sum_upload_bytes(s, id, ""); }), 100);
}

TEST_F(Uploads, BytesBeyondTheReservationAndTheFreeQuotaAreTooMany) {
    set_quota(100);
    const auto id = open_upload(50);
    const auto path = sign(id, "a")->object_path;
    EXPECT_TRUE(put(path, std::string(100, 'x'))) << "the free quota counts too";
    EXPECT_EQ(code_of(put(path, std::string(101, 'x'))), Code::PayloadTooLarge);
    auto writing = UploadWrite::open(services, path, std::nullopt);
    ASSERT_TRUE(writing) << "no length declared";
    const std::vector<std::byte> chunk(60);
    EXPECT_TRUE((*writing)->write(chunk));
    EXPECT_EQ(code_of((*writing)->write(chunk)), Code::PayloadTooLarge);
    writing->reset();
    EXPECT_EQ(blobs().size(), 1U) << "a refused body leaves nothing";
    const auto second = sign(id, "b")->object_path;
    EXPECT_EQ(code_of(put(second, "x")), Code::PayloadTooLarge) << "the other file takes all the room";
}

TEST_F(Uploads, BytesForAnEndedSessionOrAnUnsignedFileAreRefused) {
    const auto id = open_upload(10);
    const auto path = sign(id, "a")->object_path;
    EXPECT_EQ(code_of(put("uploads/" + id.str() + "/b", "x")), Code::PermissionDenied);
    EXPECT_EQ(code_of(put("uploads/u_x/a", "x")), Code::PermissionDenied);
    for (const auto* odd : {"", "a", "uploads", "uploads/", "uploads/a", "assets/a/b"})
        EXPECT_EQ(code_of(put(odd, "x")), Code::NotFound) << odd;
    auto late = UploadWrite::open(services, path, 1);
    ASSERT_TRUE(late);
    ASSERT_TRUE((*late)->write(std::vector<std::byte>(1)));
    ASSERT_TRUE(give_up(id));
    EXPECT_EQ(code_of((*late)->commit(put_record())), Code::PermissionDenied);
    late->reset();
    EXPECT_TRUE(blobs().empty());
    EXPECT_EQ(code_of(put(path, "x")), Code::PermissionDenied);
}

} // namespace
} // namespace landfall::domain
