#include "domain/ledger/journal.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using catalog::UsageKind;

class JournalTest : public testing::DomainTest {
protected:
    void rename(std::string_view from, std::string_view to) {
        const std::string sql = "ALTER TABLE " + std::string(from) + " RENAME TO " + std::string(to);
        ASSERT_TRUE(database->write_for([&](database::Session& s) { return s.execute(sql, {}); }));
    }
    /// The next commit of the database succeeds, but its answer gets lost.
    class LosesAnAnswer final : public database::Database {
    public:
        explicit LosesAnAnswer(database::Database& real) : real_(real) {}
        database::Engine engine() const override { return real_.engine(); }
        Status write(const std::function<Status(database::Session&)>& work) override {
            const Status written = real_.write(work);
            return std::exchange(lost_, true) ? written : fail(Code::Unavailable, "the connection broke");
        }
        Status read(const std::function<Status(database::Session&)>& work) const override { return real_.read(work); }
        std::unique_ptr<database::Watch> watch() const override { return real_.watch(); }

    private:
        database::Database& real_;
        bool lost_ = false;
    };
    catalog::AuditRow record() {
        catalog::AuditRow row;
        row.id = AuditId::make();
        row.principal_id = row.id.str();
        return row;
    }
};

TEST_F(JournalTest, KeepsWhatCouldNotBeWrittenForTheNextTime) {
    journal->audit(record());
    journal->count({organization}, UsageKind::TileRequests, 2);
    rename("audit_log", "elsewhere");
    journal->flush();
    EXPECT_GE(journal->stats().failures, 1U);
    journal->audit(record());
    journal->count({organization}, UsageKind::TileRequests, 3);
    rename("elsewhere", "audit_log");
    journal->flush();
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log"), 2);
    EXPECT_EQ(figure("SELECT sum(delta) FROM usage_entry WHERE kind = 'tile_requests'"), 5);
    EXPECT_EQ(journal->stats().dropped, 0U);
}

TEST_F(JournalTest, ARecordThatWasWrittenWithoutAnAnswerKeepsBackNoOther) {
    LosesAnAnswer losing(*database);
    const catalog::Transactor unlucky(losing, {});
    Journal other(unlucky, clock);
    other.audit(record());
    while (other.stats().failures == 0)
        other.flush();
    other.audit(record());
    other.flush();
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log"), 2);
    EXPECT_EQ(other.stats().failures, 1U);
}

TEST_F(JournalTest, GivesUpRecordsButNeverCounts) {
    rename("audit_log", "elsewhere");
    journal->audit(record());
    journal->count({organization}, UsageKind::EgressBytes, 7);
    while (journal->stats().dropped == 0)
        journal->flush();
    EXPECT_EQ(journal->stats().dropped, 1U);
    journal->flush();
    EXPECT_EQ(figure("SELECT sum(delta) FROM usage_entry WHERE kind = 'egress_bytes'"), 7);
    rename("elsewhere", "audit_log");
}

TEST_F(JournalTest, CallsOfOneKindWithinAMinuteAreOneRecord) {
    const auto refused = [&](const std::string& who, const std::string& outcome) {
        auto row = record();
        row.at = clock.now();
        row.principal_id = who;
        row.operation_id = "items.get";
        row.outcome = outcome;
        journal->audit(std::move(row));
    };
    for (int i = 0; i < 1000; ++i) {
        refused("one", "not_found");
        if (i % 100 == 0)
            journal->flush();
    }
    refused("one", "permission_denied");
    refused("two", "not_found");
    journal->flush();
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log"), 3);
    EXPECT_EQ(figure("SELECT sum(calls) FROM audit_log"), 1002);
    clock.advance(std::chrono::minutes(1));
    refused("one", "not_found");
    journal->flush();
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log"), 4);
    EXPECT_EQ(figure("SELECT max(calls) FROM audit_log"), 1000);
}

TEST_F(JournalTest, CountsOfOneHourShareOneEntry) {
    for (int i = 0; i < 3; ++i) {
        journal->count({organization}, UsageKind::TileRequests, 1);
        journal->count({organization}, UsageKind::EgressBytes, 10);
        journal->flush();
    }
    EXPECT_EQ(figure("SELECT count(*) FROM usage_entry"), 2);
    clock.advance(std::chrono::hours(1));
    journal->count({organization}, UsageKind::EgressBytes, 10);
    journal->flush();
    EXPECT_EQ(figure("SELECT count(*) FROM usage_entry"), 3);
    EXPECT_EQ(got([&](database::Session& s) { return catalog::read_usage(s, organization); }).egress_bytes, 40);
    EXPECT_TRUE(usage_adds_up());
}

} // namespace
} // namespace landfall::domain
