#pragma once
/// A whole domain without a network: a real SQLite catalog, a store in memory, a clock that stands still, and a real
/// launcher whose `probe` answers canned facts. Files of a test name what the probe shall do in their content.

#include "catalog/items/item.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/search/collection_extents.hpp"
#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/project.hpp"
#include "catalog/tenancy/user.hpp"
#include "database/database.hpp"
#include "domain/context.hpp"
#include "domain/drawing/tile_cache.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/items/lost_objects.hpp"
#include "domain/items/signed_downloads.hpp"
#include "domain/ledger/change_watcher.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/parts/arriving_bytes.hpp"
#include "domain/tenancy/known_keys.hpp"
#include "domain/transact.hpp"
#include "jobs/gate.hpp"
#include "jobs/sandbox.hpp"
#include "support/test_data.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace landfall::testing {

/// The launcher that `run_domain_tests` started before any thread.
jobs::Launcher& launcher();

/// Body of `main`: starts the launcher, runs the tests, stops it.
int run_domain_tests(int argc, char** argv);

/// Bytes that sniff as a TIFF; `says` is an instruction to the canned probe: "sound", "refuse", "crash" or "hang".
std::string canned_tiff(std::string_view says = "sound");

/// What the canned probe finds in a sound file: one band of uint8, EPSG:4326, 8..9 east, 47..48 north.
Json canned_facts();

class DomainTest : public ::testing::Test {
protected:
    DomainTest();
    ~DomainTest() override;

    /// Runs `work` as the caller in one transaction, as a write operation does: committed if it succeeds.
    template<typename Work>
    auto as(const auth::Principal& caller, Work work) {
        return domain::transact(call_of(caller), [&](domain::Context& cx) {
            auto out = work(cx);
            last_targets = cx.touched();
            released = cx.transaction.effects().released_blobs;
            return out;
        });
    }
    /// A call outside of any transaction.
    domain::Call call_of(const auth::Principal& caller) {
        return {services, caller, clock.now(), RequestId::make().str(), "192.0.2.1", "test", {}};
    }
    /// The answer of a read that must succeed.
    template<typename Work>
    auto got(Work work) {
        auto out = services.database.read_for(work);
        EXPECT_TRUE(out.has_value()) << (out ? "" : out.error().message + " | " + out.error().cause);
        return *std::move(out);
    }
    template<typename Work>
    auto wrote(Work work) {
        auto out = transactor.run_for(work);
        EXPECT_TRUE(out.has_value()) << (out ? "" : out.error().message + " | " + out.error().cause);
        return *std::move(out);
    }

    OrganizationId new_organization(const std::string& name);
    ProjectId new_project(const OrganizationId& of, const std::string& name);
    /// A user principal; with a role in the organization, and in the project, if one is given.
    auth::Principal new_user(std::optional<auth::OrganizationRole> in_organization,
                             std::optional<auth::ProjectRole> in_project = {});
    /// A key's principal of an organization, with every default scope.
    auth::Principal key_of(const OrganizationId& of) const;
    void set_quota(std::optional<std::int64_t> bytes);
    void archive_project();
    catalog::StorageUsage storage();
    bool usage_adds_up();
    /// The first column of the last row of an answer.
    std::int64_t figure(std::string_view sql);
    /// Keys of all blobs in the store.
    std::vector<std::string> blobs() const;

    /// Opens a session for `bytes` as the organization's key.
    UploadId open_upload(std::int64_t bytes);
    /// Signs a file of a session; its bytes arrive too if there are any.
    void send(const UploadId& upload, const std::string& name, const std::optional<std::string>& bytes);
    /// A record of a PUT.
    static catalog::AuditRow put_record();
    /// One PUT to the path of a signed file.
    Result<std::string> put(const std::string& object_path, std::string_view bytes);
    /// Claims, probes and commits, as uploads.complete does.
    Result<std::vector<std::string>> complete(const UploadId& upload, const auth::Principal& caller);
    /// An item with one stored asset of the bytes.
    ItemId uploaded_item(const std::string& bytes = canned_tiff());

    PrivateFolder folder;
    ManualClock clock{from_micros(1'800'000'000'000'000)};
    std::unique_ptr<database::Database> database;
    std::unique_ptr<storage::ObjectStore> store;
    domain::Versions versions;
    domain::Upkeep upkeep;
    catalog::Transactor transactor;
    std::unique_ptr<storage::BlobCache> fetched;
    domain::LostObjects lost;
    jobs::Gate probes{2};
    jobs::WorkerHealth health{launcher(), folder / "scratch"};
    domain::TilePool tiles;
    catalog::SearchCounts search_counts;
    catalog::Extents extents;
    domain::KnownKeys known_keys{versions};
    domain::TileSources tile_sources{versions, 1 << 20};
    domain::TileCache tile_cache{1 << 20};
    domain::SignedDownloads downloads{versions};
    domain::ArrivingBytes arriving;
    std::unique_ptr<domain::Journal> journal;
    std::unique_ptr<domain::ChangeWatcher> watcher;
    domain::Services services;

    OrganizationId organization;
    ProjectId project;
    auth::Principal key; ///< of the organization
    std::vector<std::string> last_targets, released;
    int woken = 0; ///< how often jobs were said to wait
    int told = 0;  ///< how often events were said to wait
};

/// The code of a failure; nothing for a success.
template<typename T>
std::optional<Code> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

} // namespace landfall::testing
