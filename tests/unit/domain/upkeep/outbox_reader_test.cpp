#include "domain/ingest/uploads.hpp"
#include "domain/items/items.hpp"
#include "domain/upkeep/outbox_reader.hpp"
#include "domain/upkeep/sweep.hpp"
#include "support/domain_fixture.hpp"

#include <atomic>

namespace landfall::domain {
namespace {

using testing::canned_tiff;
using testing::code_of;

class Outbox : public testing::DomainTest {
protected:
    OutboxReader::Consumer keeps() {
        return [this](catalog::Transaction&, const std::vector<catalog::EventRow>& events) -> Status {
            for (const auto& event : events)
                heard.push_back(event.type + " " + event.entity_id);
            return {};
        };
    }
    std::vector<std::string> listen() {
        heard.clear();
        OutboxReader reader(transactor, {keeps()});
        EXPECT_TRUE(reader.drain());
        return heard;
    }

    std::vector<std::string> heard; // by one thread at a time: batches are transactions of one writer
};

TEST_F(Outbox, TellsOfACompletedUploadAndItsItemInOrderAndOnce) {
    const UploadId upload = open_upload(1000);
    send(upload, "a.tif", canned_tiff());
    const auto items = complete(upload, key);
    ASSERT_TRUE(items);
    EXPECT_EQ(listen(),
              (std::vector<std::string>{"item.created " + items->front(), "upload.completed " + upload.str()}));
    EXPECT_TRUE(listen().empty());
    EXPECT_GT(told, 0);
}

TEST_F(Outbox, HearsOfAnUploadThatItsCompletionFailed) {
    const UploadId upload = open_upload(1000);
    send(upload, "a.tif", canned_tiff("refuse"));
    EXPECT_EQ(code_of(complete(upload, key)), Code::InvalidArgument);
    EXPECT_EQ(listen(), std::vector<std::string>{"upload.failed " + upload.str()});
}

TEST_F(Outbox, HearsOfASessionThatTheSweepEnded) {
    const UploadId upload = open_upload(1000);
    clock.advance(std::chrono::hours(25));
    ASSERT_TRUE(sweep({*database, transactor, *store}, clock, {std::chrono::seconds(0), services.settings.limits}));
    EXPECT_EQ(listen(), std::vector<std::string>{"upload.failed " + upload.str()});
}

TEST_F(Outbox, KeepsEventsWhoseConsumerFailed) {
    const ItemId item = uploaded_item();
    ASSERT_FALSE(listen().empty());
    ASSERT_TRUE(as(key, [&](Context& cx) -> Result<bool> {
        CHECK_OK(delete_item(cx, item));
        return true;
    }));
    {
        OutboxReader reader(transactor, {[](catalog::Transaction&, const std::vector<catalog::EventRow>&) -> Status {
                                return fail(Code::Unavailable, "not now");
                            }});
        EXPECT_EQ(code_of(reader.drain()), Code::Unavailable);
        EXPECT_TRUE(reader.counts().empty());
    }
    EXPECT_EQ(listen(), std::vector<std::string>{"item.deleted " + item.str()});
}

TEST_F(Outbox, AChangeThatWasRolledBackIsNotTold) {
    const auto refused = as(key, [&](Context& cx) -> Result<bool> {
        CHECK_OK(cx.tell(catalog::event::kItemCreated, "it_none"));
        return fail(Code::Conflict, "no");
    });
    ASSERT_FALSE(refused);
    EXPECT_TRUE(listen().empty());
    EXPECT_EQ(told, 0);
}

} // namespace
} // namespace landfall::domain
