#pragma once
/// The one way to write to a catalog: a transaction that also gathers what shall follow its commit.
/// Decision: docs/decisions/0004-one-way-to-write.md.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace landfall::catalog {

/// What shall follow a commit.
struct Effects {
    std::vector<std::string> released_blobs; ///< nothing refers to them any more
    std::vector<OrganizationId> changed;     ///< what was read of them before does not hold any more
    bool jobs_queued = false;
    bool events_recorded = false;
};

/// A session whose changes are committed together, with what shall follow. One thread at a time; never outlives the
/// work that it was given to.
class Transaction {
public:
    explicit Transaction(Session& at) : session(at) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    /// Repositories take a session.
    operator Session&() const { return session; }

    /// The blob's bytes are removed once this commits.
    void release(std::string blob_key) { effects_.released_blobs.push_back(std::move(blob_key)); }
    void release(const std::vector<std::string>& blob_keys) {
        effects_.released_blobs.insert(effects_.released_blobs.end(), blob_keys.begin(), blob_keys.end());
    }
    /// What caches hold of the organization does not hold once this commits, on any server.
    void changes(const OrganizationId& organization) {
        if (std::ranges::find(effects_.changed, organization) == effects_.changed.end())
            effects_.changed.push_back(organization);
    }
    /// Workers look for jobs once this commits.
    void queued_jobs() { effects_.jobs_queued = true; }
    /// The reader of the outbox looks at it once this commits; for `record_event`.
    void recorded_event() { effects_.events_recorded = true; }
    const Effects& effects() const { return effects_; }

    Session& session;

private:
    Effects effects_;
};

/// Opens every transaction that writes. Thread-safe.
class Transactor {
public:
    using After = std::function<void(const Effects&)>;

    /// `after` runs on the caller's thread once its work is durable, not when it failed or its fate is unknown. The
    /// database must outlive this.
    Transactor(Database& database, After after) : database_(database), after_(std::move(after)) {}

    /// Runs `work` as Database::write does: perhaps more than once, so without effects but those it notes in the
    /// transaction; then what shall follow.
    Status run(const std::function<Status(Transaction&)>& work) const;

    /// `run` for work that has an answer.
    template<typename Work>
    auto run_for(Work work) const -> std::invoke_result_t<Work, Transaction&> {
        std::optional<std::invoke_result_t<Work, Transaction&>> out;
        CHECK_OK(run([&](Transaction& transaction) -> Status {
            out.emplace(work(transaction));
            if (!*out)
                return tl::unexpected<Error>(out->error());
            return {};
        }));
        return std::move(*out);
    }

private:
    Database& database_;
    After after_;
};

} // namespace landfall::catalog
