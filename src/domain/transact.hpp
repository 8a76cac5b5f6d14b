#pragma once
/// How the rules reach the catalog: a snapshot to read, a transaction to write, and what follows its commit.
/// Decision: docs/decisions/0004-one-way-to-write.md.

#include "domain/context.hpp"

#include <functional>

namespace landfall::domain {

/// Runs `work`, which takes a Context and gives a Result, in one durable transaction as the caller of `call`. It may
/// run more than once: what it does beyond its session it notes in the context. It counts as a change of all that
/// caches hold of the caller's organization, unless it says otherwise; what it changes of another one it says itself.
template<typename Work>
auto transact(const Call& call, Work work) -> std::invoke_result_t<Work, Context&> {
    return call.services.transactor.run_for([&](catalog::Transaction& transaction) {
        Context cx(call, transaction);
        auto answer = work(cx);
        if (answer && !cx.caches_stay() && !call.principal.organization_id.empty())
            transaction.changes(call.principal.organization_id);
        return answer;
    });
}

/// The same in a snapshot that changes nothing.
template<typename Work>
auto in_snapshot(const Call& call, Work work) -> std::invoke_result_t<Work, Context&> {
    return call.services.database.read_for([&](database::Session& session) {
        catalog::Transaction none(session);
        Context cx(call, none);
        return work(cx);
    });
}

/// Whom a server's own work concerns.
struct Upkeep {
    std::function<void()> wake_jobs;   ///< a job was queued
    std::function<void()> wake_outbox; ///< an event was recorded
};

/// Where released blobs are removed, unless the catalog says that removal is held. All must outlive what is given it.
struct BlobRemoval {
    const database::Database& database;
    storage::ObjectStore& store;
    const Clock& clock;
};

/// What a transactor does after a commit: tells the caches, removes released blobs, then tells those who wait. What
/// cannot be removed, or is held, is an orphan, which the sweep removes. The versions must outlive the transactor;
/// `upkeep` is looked at when it is needed.
catalog::Transactor::After after_commit(const BlobRemoval& removal, Versions& versions, const Upkeep& upkeep);
/// For commands, which leave everything else to the servers: removes released blobs.
catalog::Transactor::After after_commit(const BlobRemoval& removal);

} // namespace landfall::domain
