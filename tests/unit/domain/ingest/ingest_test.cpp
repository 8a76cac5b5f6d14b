#include "catalog/items/asset.hpp"
#include "catalog/items/profile.hpp"
#include "catalog/items/provenance.hpp"
#include "catalog/work/job.hpp"
#include "catalog/work/upload.hpp"
#include "core/text.hpp"
#include "database/metered_database.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/items.hpp"
#include "domain/items/shelf.hpp"
#include "domain/stac/item_document.hpp"
#include "unit/domain/ingest/ingest_fixture.hpp"

#include <fmt/format.h>

#include <set>
#include <stop_token>
#include <thread>

namespace landfall::domain {
namespace {

using catalog::UploadState;
using testing::canned_tiff;
using testing::code_of;

TEST_F(Ingest, GivesTheSessionBackWhenTheServerStopsWhileItProbes) {
    std::stop_source stop;
    services.stopping = stop.get_token();
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff("hang"));
    std::optional<Code> code;
    std::thread completing([&] { code = code_of(prepare(id)); });
    while (row(id).state != UploadState::Processing)
        std::this_thread::yield();
    stop.request_stop();
    completing.join();
    EXPECT_EQ(code, Code::Unavailable);
    EXPECT_EQ(row(id).state, UploadState::Uploading);
    EXPECT_EQ(storage().reserved, 64);
}

TEST_F(Ingest, TurnsAFileIntoAnItemWithAllThatBelongsToIt) {
    const auto id = open_upload(64);
    send(id, "my scene.tif", canned_tiff());
    const auto ids = complete(id, key);
    ASSERT_TRUE(ids) << ids.error().message << ids.error().cause;
    ASSERT_EQ(ids->size(), 1U);
    const auto made = item(ids->at(0));
    EXPECT_EQ(made.type, "user_raster");
    EXPECT_EQ(made.name, "my scene");
    EXPECT_EQ(made.upload_id, id);
    EXPECT_EQ(made.gsd, 10);
    EXPECT_EQ(format_rfc3339(made.datetime.value()), "2026-05-18T04:21:00.000000Z");
    EXPECT_EQ(made.bbox.value().west, 8);
    const auto files = assets(ids->at(0));
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].key, "data");
    EXPECT_EQ(files[0].file_name, "my scene.tif");
    EXPECT_EQ(files[0].roles, R"(["data"])");
    EXPECT_EQ(files[0].checksum, multihash_sha256(sha256(canned_tiff())));
    EXPECT_EQ(files[0].file_size_bytes, 64);
    EXPECT_EQ(files[0].band_names, R"(["b1"])");
    EXPECT_EQ(files[0].data_type, "uint8");
    EXPECT_EQ(files[0].nodata, "0");
    const auto profile =
        got([&](database::Session& s) { return catalog::find_default_profile(s, organization, made.id); });
    ASSERT_TRUE(profile);
    EXPECT_EQ(profile->type, "singleband");
    ASSERT_EQ(origins("item", ids->at(0)).size(), 1U);
    EXPECT_EQ(origins("item", ids->at(0))[0].dst, (catalog::Entity{"upload", id.str()}));
    EXPECT_EQ(origins("asset", files[0].id.str()).size(), 2U) << "the upload and the item";
    EXPECT_EQ(row(id).state, UploadState::Completed);
    EXPECT_EQ(storage().used, 64);
    EXPECT_EQ(storage().reserved, 0);
    const Json document = Json::parse(with_origins(made.document, {"http://localhost", "http://localhost"})).value();
    EXPECT_TRUE(document["assets"]["data"].is_object()) << made.document.substr(0, 300);
}

TEST_F(Ingest, PutsSidecarsBesideTheirPrimaryFileAndMakesOneItemEach) {
    const auto id = open_upload(500);
    send(id, "a.tif", canned_tiff());
    send(id, "a.tfw", "1\n0\n0\n-1\n8\n48\n");
    send(id, "b.tif", canned_tiff());
    const auto ids = complete(id, key);
    ASSERT_TRUE(ids) << ids.error().message;
    ASSERT_EQ(ids->size(), 2U);
    std::size_t files = 0;
    for (const auto& each : *ids)
        files += assets(each).size();
    EXPECT_EQ(files, 3U);
    EXPECT_EQ(storage().used, 64 + 64 + 14);
}

TEST_F(Ingest, ASecondCompleteAnswersTheSameAndMakesNothing) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    const auto first = complete(id, key);
    const auto second = complete(id, key);
    ASSERT_TRUE(second);
    EXPECT_EQ(*second, *first);
    EXPECT_EQ(item_count(), 1);
    EXPECT_EQ(storage().used, 64);
    EXPECT_EQ(origins("item", first->at(0)).size(), 1U);
}

TEST_F(Ingest, OfASessionWithoutFilesCompletesItAndGivesTheReservationBack) {
    const auto id = open_upload(1000);
    const auto ids = complete(id, key);
    ASSERT_TRUE(ids) << ids.error().message;
    EXPECT_TRUE(ids->empty());
    EXPECT_EQ(row(id).state, UploadState::Completed);
    EXPECT_EQ(storage().reserved, 0);
    EXPECT_TRUE(usage_adds_up());
}

TEST_F(Ingest, NamesTheFilesThatWereSignedAndNeverSent) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    send(id, "b.tif", std::nullopt);
    send(id, "c.tif", std::nullopt);
    const auto refused = complete(id, key);
    ASSERT_EQ(code_of(refused), Code::Conflict);
    EXPECT_NE(refused.error().message.find("'b.tif', 'c.tif'"), std::string::npos) << refused.error().message;
    EXPECT_EQ(row(id).state, UploadState::Uploading);
    EXPECT_EQ(storage().reserved, 64);
}

TEST_F(Ingest, OfAFileThatCannotBeUsedFailsTheSessionAndGivesEverythingBack) {
    for (const auto* says : {"refuse", "crash"}) {
        SCOPED_TRACE(says);
        const auto id = open_upload(64);
        send(id, "bad.tif", canned_tiff(says));
        const auto refused = complete(id, key);
        ASSERT_EQ(code_of(refused), Code::InvalidArgument);
        EXPECT_TRUE(refused.error().message.starts_with("bad.tif: ")) << refused.error().message;
        EXPECT_EQ(row(id).state, UploadState::Failed);
        EXPECT_EQ(row(id).error_step, "ingest");
        EXPECT_EQ(storage().reserved, 0);
        EXPECT_TRUE(blobs().empty());
    }
    EXPECT_EQ(item_count(), 0);
}

TEST_F(Ingest, AProbeThatLiesMakesNoItemAndGivesTheSessionBack) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff("lie"));
    const auto prepared = prepare(id);
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().code, Code::Internal);
    EXPECT_THAT(prepared.error().cause, ::testing::HasSubstr("text/html"));
    EXPECT_EQ(row(id).state, UploadState::Uploading);
    EXPECT_EQ(item_count(), 0);
}

TEST_F(Ingest, OfContentThatIsNothingKnownFailsWithoutAskingAWorker) {
    const auto id = open_upload(64);
    send(id, "x.tif", std::string("<!DOCTYPE html><html></html>"));
    EXPECT_EQ(code_of(complete(id, key)), Code::InvalidArgument);
    EXPECT_EQ(row(id).state, UploadState::Failed);
}

TEST_F(Ingest, OneBadFileOfManyFailsThemAll) {
    const auto id = open_upload(200);
    send(id, "a.tif", canned_tiff());
    send(id, "b.tif", canned_tiff("refuse"));
    EXPECT_EQ(code_of(complete(id, key)), Code::InvalidArgument);
    EXPECT_EQ(item_count(), 0);
    EXPECT_TRUE(blobs().empty());
    EXPECT_EQ(storage().used, 0);
}

TEST_F(Ingest, NamesEveryFileThatCannotBeUsed) {
    const auto id = open_upload(500);
    send(id, "a.tif", canned_tiff("refuse"));
    send(id, "b.tif", canned_tiff());
    send(id, "c.tif", canned_tiff("refuse"));
    const auto read = complete(id, key);
    ASSERT_EQ(code_of(read), Code::InvalidArgument);
    EXPECT_THAT(read.error().message, ::testing::HasSubstr("2 files cannot be used. a.tif: "));
    EXPECT_THAT(read.error().message, ::testing::HasSubstr(" c.tif: "));
    EXPECT_EQ(read.error().fields.size(), 2U);
    EXPECT_TRUE(blobs().empty());
    const auto other = open_upload(500);
    send(other, "a.tif", std::string("just some notes"));
    send(other, "b.tif", canned_tiff());
    send(other, "b.tfw", std::string("one two"));
    send(other, "README", std::string("just some notes"));
    const auto sorted = complete(other, key);
    ASSERT_EQ(code_of(sorted), Code::InvalidArgument);
    EXPECT_THAT(sorted.error().message, ::testing::HasSubstr("a.tif: The file is plain text"));
    EXPECT_THAT(sorted.error().message, ::testing::HasSubstr("b.tfw: "));
    EXPECT_THAT(sorted.error().message, ::testing::Not(::testing::HasSubstr("README")));
}

TEST_F(Ingest, KeepsCompanionsAndLeavesOutWhatBelongsToNothingWithAWarning) {
    const auto id = open_upload(500);
    send(id, "a.tif", canned_tiff());
    send(id, "a.tif.xml", std::string("<metadata/>"));
    send(id, "a.qml", std::string("<qgis/>"));
    send(id, "a.tif.vat.dbf", std::string("no table"));
    send(id, "README", std::string("just some notes"));
    send(id, "._a.tif", std::string("\0\5\x16\7", 4));
    send(id, "z.tfw", std::string("of nothing"));
    const auto ids = complete(id, key);
    ASSERT_TRUE(ids) << ids.error().message << ids.error().cause;
    ASSERT_EQ(ids->size(), 1U);
    std::set<std::string> keys;
    std::int64_t bytes = 0;
    for (const auto& asset : assets(ids->at(0))) {
        keys.insert(asset.key);
        bytes += asset.file_size_bytes.value();
    }
    EXPECT_EQ(keys, (std::set<std::string>{"data", "tif.xml", "qml", "tif.vat.dbf"}));
    EXPECT_EQ(storage().used, bytes);
    EXPECT_EQ(blobs().size(), 4U) << "the bytes of the others are gone";
    const auto made = item(ids->at(0));
    for (const auto* name : {"README", "._a.tif", "z.tfw"})
        EXPECT_THAT(made.properties, ::testing::HasSubstr(name));
    EXPECT_THAT(made.properties, ::testing::Not(::testing::HasSubstr("a.qml")));
}

TEST_F(Ingest, OfFilesThatOnlyAccompanyOthersFails) {
    const auto id = open_upload(500);
    send(id, "a.tfw", "1\n0\n0\n-1\n8\n48\n");
    send(id, "README", std::string("just some notes"));
    const auto refused = complete(id, key);
    ASSERT_EQ(code_of(refused), Code::InvalidArgument);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("a.tfw: The file only describes another one"));
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("README: The file is plain text"));
    EXPECT_EQ(row(id).state, UploadState::Failed);
}

TEST_F(Ingest, WhileAnotherCallHoldsTheSessionMayBeRepeated) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    auto first = prepare(id);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(row(id).state, UploadState::Processing);
    EXPECT_EQ(code_of(prepare(id)), Code::Aborted);
    EXPECT_EQ(code_of(as(key, [&](Context& cx) { return sign_upload(cx, id, "b", "image/tiff"); })), Code::Conflict);
    EXPECT_EQ(code_of(as(key, [&](Context& cx) { return fail_upload(cx, id, "m", std::nullopt); })), Code::Conflict);
    first->claim.reset();
    EXPECT_EQ(row(id).state, UploadState::Uploading) << "given back";
    EXPECT_TRUE(complete(id, key));
}

TEST_F(Ingest, AStaleClaimCommitsNothingOnceTheSessionWasRetaken) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    auto stale = prepare(id);
    ASSERT_TRUE(stale);
    services.server_epoch = 2; // the server was restarted
    auto fresh = prepare(id);
    ASSERT_TRUE(fresh) << fresh.error().message;
    EXPECT_EQ(code_of(as(key, [&](Context& cx) { return commit_ingest(cx, *stale); })), Code::Aborted);
    EXPECT_EQ(item_count(), 0);
    stale->claim.reset();
    EXPECT_EQ(row(id).state, UploadState::Processing) << "not ours to give back";
    EXPECT_TRUE(as(key, [&](Context& cx) { return commit_ingest(cx, *fresh); }));
    EXPECT_EQ(item_count(), 1);
    EXPECT_EQ(storage().used, 64);
}

TEST_F(Ingest, BeyondTheQuotaIsRefusedAndCanBeRepeatedWithMoreRoom) {
    const auto id = open_upload(10);
    send(id, "a.tif", canned_tiff());
    set_quota(40);
    EXPECT_EQ(code_of(complete(id, key)), Code::PaymentRequired);
    EXPECT_EQ(row(id).state, UploadState::Uploading);
    EXPECT_EQ(storage().reserved, 64);
    EXPECT_EQ(storage().used, 0);
    EXPECT_EQ(item_count(), 0);
    set_quota(64);
    EXPECT_TRUE(complete(id, key));
    EXPECT_EQ(storage().used, 64);
    EXPECT_EQ(storage().available(), 0);
}

TEST_F(Ingest, AddsTheFileToATargetItem) {
    const auto target = uploaded_item();
    NewUpload wanted;
    wanted.project_id = project;
    wanted.transfer_method = "cli";
    wanted.target_item_id = target;
    wanted.asset_key = "second";
    const auto id = as(key, [&](Context& cx) { return initiate_upload(cx, wanted); })->id;
    send(id, "more.tif", canned_tiff());
    const auto ids = complete(id, key);
    ASSERT_TRUE(ids) << ids.error().message;
    EXPECT_EQ(*ids, std::vector{target.str()});
    EXPECT_EQ(item_count(), 1);
    ASSERT_EQ(assets(target.str()).size(), 2U);
    EXPECT_EQ(assets(target.str())[1].key, "second");
    EXPECT_TRUE(Json::parse(with_origins(item(target.str()).document, {"http://localhost", "http://localhost"}))
                    .value()["assets"]["second"]
                    .is_object());
    EXPECT_EQ(storage().used, 128);
}

TEST_F(Ingest, IntoAnItemThatWasDeletedMeanwhileMakesNothing) {
    const auto target = uploaded_item();
    NewUpload wanted;
    wanted.project_id = project;
    wanted.transfer_method = "cli";
    wanted.target_item_id = target;
    const auto id = as(key, [&](Context& cx) { return initiate_upload(cx, wanted); })->id;
    send(id, "more.tif", canned_tiff());
    const auto gone = as(key, [&](Context& cx) -> Result<bool> {
        CHECK_OK(delete_item(cx, target));
        return true;
    });
    ASSERT_TRUE(gone);
    EXPECT_EQ(code_of(complete(id, key)), Code::NotFound);
    EXPECT_EQ(storage().used, 0);
}

TEST_F(Ingest, IntoAProjectThatWasArchivedOrDeletedMeanwhileMakesNothing) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    archive_project();
    EXPECT_EQ(code_of(complete(id, key)), Code::Conflict);
    (void)wrote([&](database::Session& s) { return catalog::delete_project(s, organization, project, clock.now()); });
    EXPECT_EQ(code_of(complete(id, key)), Code::NotFound);
    EXPECT_EQ(storage().used, 0);
}

TEST_F(Ingest, WithoutAnIdMeansTheOnlyOpenSessionOfTheCaller) {
    Call call = call_of(key);
    EXPECT_EQ(code_of(resolve_upload(call, std::nullopt)), Code::InvalidArgument);
    const auto id = open_upload(0);
    EXPECT_EQ(resolve_upload(call, std::nullopt).value(), id);
    const auto other = new_user(auth::OrganizationRole::Owner);
    Call theirs = call_of(other);
    EXPECT_EQ(code_of(resolve_upload(theirs, std::nullopt)), Code::InvalidArgument);
    (void)open_upload(0);
    EXPECT_EQ(code_of(resolve_upload(call, std::nullopt)), Code::InvalidArgument);
    EXPECT_EQ(resolve_upload(call, "u_x").value(), UploadId(std::string("u_x")));
}

TEST_F(Ingest, OfAForeignSessionIsNotFoundAndOfAColleagueForbidden) {
    const auto id = open_upload(0);
    EXPECT_EQ(code_of(complete(id, key_of(new_organization("Elsewhere")))), Code::NotFound);
    EXPECT_EQ(code_of(complete(id, new_user({}, auth::ProjectRole::Viewer))), Code::PermissionDenied);
    EXPECT_EQ(code_of(complete(UploadId::make(), key)), Code::NotFound);
}

/// Statements of the commit of so many files into one item.
class CountedIngest : public Ingest {
protected:
    std::uint64_t statements_for(int files) {
        const auto item = uploaded_item();
        NewUpload wanted;
        wanted.project_id = project;
        wanted.target_item_id = item;
        const auto id = as(key, [&](Context& cx) { return initiate_upload(cx, wanted); })->id;
        for (int i = 0; i < files; ++i)
            send(id, fmt::format("{}.tif", i), canned_tiff());
        auto prepared = prepare(id);
        EXPECT_TRUE(prepared) << prepared.error().message;
        database::MeteredDatabase metered(*database, "test");
        const catalog::Transactor counted(metered, {});
        const Call call = call_of(key);
        const auto ids = counted.run_for([&](catalog::Transaction& transaction) {
            Context cx(call, transaction);
            return commit_ingest(cx, *prepared);
        });
        EXPECT_TRUE(ids) << ids.error().message;
        EXPECT_EQ(assets(item.str()).size(), static_cast<std::size_t>(files) + 1);
        return metered.statements();
    }
};

TEST_F(CountedIngest, TakesAsManyStatementsMoreAsThereAreFilesMore) {
    const auto ten = statements_for(10), twenty = statements_for(20), forty = statements_for(40);
    EXPECT_EQ(forty - twenty, 2 * (twenty - ten));
    EXPECT_LT((forty - twenty) / 20, 20U);
}

TEST_F(Ingest, AnItemTakesABoundedNumberOfFiles) {
    const auto item = uploaded_item();
    NewUpload wanted;
    wanted.project_id = project;
    wanted.target_item_id = item;
    wanted.file_count = kMostFiles;
    EXPECT_EQ(code_of(as(key, [&](Context& cx) { return initiate_upload(cx, wanted); })), Code::InvalidArgument);
    wanted.file_count = 1;
    const auto open = [&] { return as(key, [&](Context& cx) { return initiate_upload(cx, wanted); })->id; };
    const auto sign = [&](const UploadId& id, int file) {
        return as(key, [&](Context& cx) { return sign_upload(cx, id, fmt::format("{}.tif", file), "image/tiff"); });
    };
    const auto id = open(), other = open();
    for (int i = 0; i + 1 < kMostFiles; ++i)
        ASSERT_TRUE(sign(id, i)) << i;
    EXPECT_EQ(code_of(sign(id, kMostFiles)), Code::InvalidArgument);
    EXPECT_TRUE(sign(id, 0)) << "signed again";
    for (int i = 0; i + 1 < kMostFiles; ++i)
        send(id, fmt::format("{}.tif", i), canned_tiff("one"));
    send(other, "late.tif", canned_tiff());
    const auto taken = complete(other, key);
    ASSERT_TRUE(taken);
    EXPECT_EQ(code_of(prepare(id)), Code::InvalidArgument) << "before any of its files is read";
    EXPECT_EQ(row(id).state, UploadState::Uploading);
}

} // namespace
} // namespace landfall::domain
