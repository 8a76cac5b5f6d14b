#include "catalog/migrations/schema.hpp"
#include "domain/ledger/change_watcher.hpp"
#include "domain/versioned_cache.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <atomic>

namespace landfall::domain {
namespace {

using namespace catalog::test_support;

const OrganizationId kA = OrganizationId::make(), kB = OrganizationId::make();

/// A database whose watches break on demand.
class Fragile final : public database::Database {
public:
    explicit Fragile(database::Database& real) : real_(real) {}
    database::Engine engine() const override { return real_.engine(); }
    Status write(const std::function<Status(database::Session&)>& work) override { return real_.write(work); }
    Status read(const std::function<Status(database::Session&)>& work) const override { return real_.read(work); }
    std::unique_ptr<database::Watch> watch() const override { return std::make_unique<FragileWatch>(*this); }

    std::atomic<bool> broken = false;

private:
    class FragileWatch final : public database::Watch {
    public:
        explicit FragileWatch(const Fragile& database) : database_(database), real_(database.real_.watch()) {}
        Status look(const std::function<Status(database::Session&)>& work) override {
            if (database_.broken)
                return fail(Code::Unavailable, "away");
            return real_->look(work);
        }

    private:
        const Fragile& database_;
        std::unique_ptr<database::Watch> real_;
    };

    database::Database& real_;
};

/// Two servers on one database: the other one commits, this one watches.
template<typename T>
class ChangeWatcherTest : public CatalogTest<T> {
protected:
    void SetUp() override {
        CatalogTest<T>::SetUp();
        if (this->IsSkipped())
            return;
        auto other = catalog::open({.url = this->engine_->url(), .readers = 2});
        ASSERT_TRUE(other);
        other_ = *std::move(other);
        watched_ = std::make_unique<Fragile>(*this->db_);
        watcher_ = std::make_unique<ChangeWatcher>(*watched_, versions_);
    }
    void other_changes(const OrganizationId& organization) {
        ASSERT_TRUE(other_->write([&](database::Session& s) { return catalog::note_change(s, organization); }));
    }
    bool holds(const OrganizationId& organization, Stamp since) {
        EXPECT_TRUE(watcher_->look());
        return versions_.unchanged(organization, since);
    }

    Versions versions_;
    std::unique_ptr<database::Database> other_;
    std::unique_ptr<Fragile> watched_;
    std::unique_ptr<ChangeWatcher> watcher_;
};
TYPED_TEST_SUITE(ChangeWatcherTest, Engines, EngineName);

TYPED_TEST(ChangeWatcherTest, TellsWhatAnotherServerChangedAndNothingElse) {
    ASSERT_TRUE(this->watcher_->look());
    const Stamp before = this->versions_.now();
    EXPECT_TRUE(this->holds(kA, before));
    this->other_changes(kA);
    EXPECT_FALSE(this->holds(kA, before));
    EXPECT_TRUE(this->holds(kB, before));
    EXPECT_TRUE(this->holds(kA, this->versions_.now()));
}

TYPED_TEST(ChangeWatcherTest, IsNotMovedByCommitsThatChangeNothingCached) {
    ASSERT_TRUE(this->watcher_->look());
    const Stamp before = this->versions_.now();
    ASSERT_TRUE(this->other_->write([](database::Session& s) -> Status {
        CHECK_OK(s.run("INSERT INTO rate_window (subject, window_start, used) VALUES ('x', 1, 1)"));
        return {};
    }));
    EXPECT_TRUE(this->holds(kA, before));
    EXPECT_EQ(this->versions_.now(), before);
}

TYPED_TEST(ChangeWatcherTest, TakesEverythingForChangedAfterItCouldNotLook) {
    ASSERT_TRUE(this->watcher_->look());
    const Stamp before = this->versions_.now();
    this->watched_->broken = true;
    EXPECT_FALSE(this->watcher_->look());
    EXPECT_TRUE(this->versions_.unchanged(kA, before)) << "only its age tells";
    this->watched_->broken = false;
    EXPECT_FALSE(this->holds(kA, before));
    EXPECT_TRUE(this->holds(kA, this->versions_.now()));
}

TYPED_TEST(ChangeWatcherTest, LetsNothingHoldWhileItCannotLook) {
    this->watched_->broken = true;
    while (this->versions_.hold(kA, this->versions_.now()))
        std::this_thread::yield();
    this->watched_->broken = false;
    while (!this->versions_.hold(kA, this->versions_.now()))
        std::this_thread::yield();
}

} // namespace
} // namespace landfall::domain
