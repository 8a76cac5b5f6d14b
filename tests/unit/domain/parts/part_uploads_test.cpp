#include "core/digest.hpp"
#include "core/text.hpp"
#include "domain/parts/assembly.hpp"
#include "domain/parts/part_uploads.hpp"
#include "domain/parts/part_write.hpp"
#include "support/domain_fixture.hpp"

#include <array>
#include <map>
#include <span>

namespace landfall::domain {
namespace {

using testing::code_of;

constexpr std::int64_t kLeast = 10;

std::string md5_of(std::string_view text) {
    Digest digest(DigestKind::Md5);
    digest.update(std::as_bytes(std::span(text)));
    return to_hex(digest.value().value());
}

/// Files of no session, as those of another face are.
class PartUploads : public testing::DomainTest {
protected:
    PartUploads() { services.settings.limits.smallest_part_bytes = kLeast; }

    std::optional<catalog::PartUploadRow> begin(const std::string& target = "asset/one") {
        NewPartUpload wanted;
        wanted.organization_id = organization;
        wanted.project_id = project;
        wanted.target = target;
        return as(key, [&](Context& cx) { return begin_part_upload(cx, wanted); }).value();
    }
    catalog::PartUploadRow row(const PartUploadId& id) {
        return got([&](database::Session& s) { return catalog::find_part_upload(s, organization, id); }).value();
    }
    Result<std::string> put_part(const PartUploadId& id, int number, std::string_view bytes) {
        TRY(const auto write, PartWrite::open(services, id, number, static_cast<std::int64_t>(bytes.size())));
        CHECK_OK(write->write(std::as_bytes(std::span(bytes))));
        return write->commit(put_record()).map([](const auto& blob) { return to_hex(blob.md5); });
    }
    Result<AssembledParts> assemble(const PartUploadId& id, const std::optional<std::vector<ChosenPart>>& choice = {}) {
        return assemble_parts(call_of(key), row(id), choice);
    }
    /// As a face commits it that makes an asset of the file.
    Result<bool> commit(const AssembledParts& assembled) {
        return as(key, [&](Context& cx) -> Result<bool> {
            TRY(const auto held, finish_parts(cx, assembled));
            return catalog::take_storage(
                cx.session, {organization, assembled.file.size, "test", assembled.upload.id.str(), cx.now}, held);
        });
    }
    Status abort(const PartUploadId& id) {
        const auto done = as(key, [&](Context& cx) -> Result<bool> {
            CHECK_OK(abort_parts(cx, row(id), "test"));
            return true;
        });
        return done.map([](bool) {});
    }
    std::string stored(const std::string& blob_key) {
        const auto blob = store->open(blob_key);
        if (!blob)
            return "(none)";
        std::string text(static_cast<std::size_t>((*blob)->size()), '\0');
        EXPECT_TRUE((*blob)->read(0, std::as_writable_bytes(std::span(text))));
        return text;
    }
    /// The S3 type of what is wrong with a choice.
    std::string fault(const PartUploadId& id, const std::vector<ChosenPart>& choice) {
        const auto refused = assemble(id, choice);
        return refused || refused.error().fields.empty() ? "(none)" : refused.error().fields.front().type;
    }
};

TEST_F(PartUploads, HaveOneInProgressForEachTarget) {
    const auto first = begin();
    ASSERT_TRUE(first);
    EXPECT_FALSE(begin());
    EXPECT_TRUE(begin("asset/two"));
    const auto open =
        got([&](database::Session& s) { return catalog::find_open_part_upload(s, organization, "asset/one"); });
    EXPECT_EQ(open->id, first->id);
    ASSERT_TRUE(abort(first->id));
    EXPECT_TRUE(begin());
    const auto all = got([&](database::Session& s) {
        return catalog::list_part_uploads(s, {organization, "asset/one", {}, "", "", 10});
    });
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all.front().state, catalog::PartUploadState::Aborted);
    EXPECT_EQ(got([&](database::Session& s) {
                  return catalog::list_part_uploads(
                      s, {organization, "asset/one", catalog::PartUploadState::InProgress, "", "", 10});
              }).size(),
              1U);
}

TEST_F(PartUploads, ReserveWhatArrivesAndGiveBackWhatIsReplaced) {
    set_quota(100);
    const auto id = begin()->id;
    EXPECT_EQ(put_part(id, 1, std::string(60, 'a')).value(), md5_of(std::string(60, 'a')));
    EXPECT_EQ(storage().reserved, 60);
    EXPECT_EQ(code_of(put_part(id, 2, std::string(41, 'b'))), Code::PayloadTooLarge);
    ASSERT_TRUE(put_part(id, 1, std::string(30, 'c')));
    EXPECT_EQ(storage().reserved, 30);
    ASSERT_TRUE(put_part(id, 2, std::string(70, 'b')));
    EXPECT_EQ(storage().reserved, 100);
    ASSERT_TRUE(abort(id));
    EXPECT_EQ(storage().reserved, 0);
    EXPECT_TRUE(usage_adds_up());
    EXPECT_EQ(code_of(put_part(id, 1, "late")), Code::NotFound);
    EXPECT_TRUE(blobs().empty());
}

TEST_F(PartUploads, BecomeAFileThatIsUsedInsteadOfReserved) {
    const auto id = begin()->id;
    ASSERT_TRUE(put_part(id, 2, "rest"));
    ASSERT_TRUE(put_part(id, 1, "0123456789"));
    const auto listed = list_parts(services, row(id)).value();
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[1].md5, md5_of("rest"));
    EXPECT_EQ(listed[1].modified, clock.now());
    std::string key_of_blob;
    {
        const auto assembled =
            assemble(id, std::vector<ChosenPart>{{1, "\"" + md5_of("0123456789") + "\""}, {2, md5_of("rest")}});
        ASSERT_TRUE(assembled) << assembled.error().message;
        EXPECT_EQ(assembled->file.size, 14);
        EXPECT_TRUE(assembled->file.md5.ends_with("-2"));
        EXPECT_TRUE(assembled->file.sha256.empty());
        key_of_blob = assembled->file.blob_key;
        ASSERT_TRUE(commit(*assembled).value());
    }
    EXPECT_EQ(stored(key_of_blob), "0123456789rest");
    EXPECT_EQ(storage().used, 14);
    EXPECT_EQ(storage().reserved, 0);
    EXPECT_TRUE(usage_adds_up());
    EXPECT_TRUE(list_parts(services, row(id)).value().empty());
    EXPECT_EQ(code_of(store->parts()->list_parts(key_of_blob)), Code::NotFound);
    EXPECT_TRUE(assemble(id)->repeated);
    EXPECT_EQ(code_of(assemble(id, std::vector<ChosenPart>{{1, md5_of("0123456789")}})), Code::Conflict);
    EXPECT_EQ(code_of(abort(id)), Code::Conflict);
}

TEST_F(PartUploads, TheDigestOfOnePartIsThatOfTheFile) {
    const auto id = begin()->id;
    ASSERT_TRUE(put_part(id, 1, "alone"));
    EXPECT_EQ(assemble(id)->file.sha256, to_hex(sha256("alone")));
}

TEST_F(PartUploads, RefuseAChoiceInTheWordsOfS3AndStayOpen) {
    const auto id = begin()->id;
    const std::string one(kLeast, '1'), two(kLeast, '2');
    EXPECT_EQ(code_of(assemble(id)), Code::Conflict);
    ASSERT_TRUE(put_part(id, 1, one));
    ASSERT_TRUE(put_part(id, 2, two));
    EXPECT_EQ(fault(id, {}), "InvalidPart");
    EXPECT_EQ(fault(id, {{2, md5_of(two)}, {1, md5_of(one)}}), "InvalidPartOrder");
    EXPECT_EQ(fault(id, {{1, md5_of(two)}}), "InvalidPart");
    EXPECT_EQ(fault(id, {{1, md5_of(one)}, {3, md5_of(one)}}), "InvalidPart");
    ASSERT_TRUE(put_part(id, 1, "small"));
    EXPECT_EQ(fault(id, {{1, md5_of("small")}, {2, md5_of(two)}}), "EntityTooSmall");
    ASSERT_TRUE(put_part(id, 1, one));
    EXPECT_TRUE(assemble(id));
}

TEST_F(PartUploads, AreTakenUpWhereACallEndedBetweenTheStoreAndTheCatalog) {
    const auto id = begin()->id;
    ASSERT_TRUE(put_part(id, 1, "0123456789"));
    ASSERT_TRUE(put_part(id, 2, "rest"));
    const std::vector<ChosenPart> choice{{1, md5_of("0123456789")}, {2, md5_of("rest")}};
    const std::string etag = assemble(id, choice)->file.md5; // and is never committed
    EXPECT_EQ(list_parts(services, row(id)).value().size(), 2U);
    EXPECT_EQ(code_of(put_part(id, 2, "other")), Code::Unavailable);
    EXPECT_EQ(fault(id, {{1, md5_of("0123456789")}}), "InvalidPart");
    {
        const auto again = assemble(id, choice);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(again->file.md5, etag);
        ASSERT_TRUE(commit(*again).value());
    }
    EXPECT_EQ(stored(row(id).blob_key), "0123456789rest");
    EXPECT_TRUE(usage_adds_up());
}

TEST_F(PartUploads, AbortedAfterTheStorePutThemTogetherLeaveNothing) {
    const auto id = begin()->id;
    ASSERT_TRUE(put_part(id, 1, "alone"));
    ASSERT_TRUE(assemble(id));
    ASSERT_TRUE(abort(id));
    EXPECT_EQ(stored(row(id).blob_key), "(none)");
    EXPECT_EQ(storage().reserved, 0);
}

TEST_F(PartUploads, AreHeldByWhoPutsThemTogether) {
    const auto id = begin()->id;
    ASSERT_TRUE(put_part(id, 1, "alone"));
    const auto held = assemble(id);
    ASSERT_TRUE(held);
    EXPECT_EQ(code_of(assemble(id)), Code::Aborted);
    EXPECT_EQ(code_of(abort(id)), Code::Aborted);
    EXPECT_EQ(code_of(put_part(id, 2, "more")), Code::Unavailable);
    ASSERT_TRUE(commit(*held).value());
}

TEST_F(PartUploads, OfAServerThatWasRestartedAreNotHeld) {
    const auto id = begin()->id;
    ASSERT_TRUE(put_part(id, 1, "alone"));
    const auto dead = assemble(id);
    ASSERT_TRUE(dead);
    services.server_epoch += 1;
    const auto taken = assemble(id);
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_EQ(code_of(commit(*dead)), Code::Aborted);
    ASSERT_TRUE(commit(*taken).value());
    EXPECT_EQ(stored(row(id).blob_key), "alone");
}

TEST_F(PartUploads, ThatNobodyGoesOnWithEnd) {
    const auto id = begin()->id;
    ASSERT_TRUE(put_part(id, 1, "alone"));
    const auto end_since = [&](Timestamp since) {
        return wrote(
            [&](catalog::Transaction& transaction) { return end_idle_parts(transaction, since, 10, clock.now()); });
    };
    EXPECT_EQ(end_since(clock.now() - std::chrono::hours(1)), 0);
    EXPECT_EQ(end_since(clock.now() + std::chrono::seconds(1)), 1);
    EXPECT_EQ(row(id).state, catalog::PartUploadState::Aborted);
    EXPECT_EQ(storage().reserved, 0);
    EXPECT_TRUE(usage_adds_up());
}

TEST(PartSizes, GrowWhereTenThousandPartsAreTooFew) {
    EXPECT_EQ(usual_part_size({}), kUsualPart);
    EXPECT_EQ(usual_part_size(0), kUsualPart);
    EXPECT_EQ(usual_part_size(kMostParts * kUsualPart), kUsualPart);
    EXPECT_EQ(usual_part_size(kMostParts * kUsualPart + 1), kUsualPart + (1 << 20));
    EXPECT_EQ(part_count(0, 5), 1);
    EXPECT_EQ(part_count(10, 5), 2);
    EXPECT_EQ(part_count(11, 5), 3);
}

} // namespace
} // namespace landfall::domain
