#pragma once
/// What a rule needs to do its work: the services of this server, the caller, and inside a transaction its session.

#include "auth/principal.hpp"
#include "catalog/search/item_search.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "database/database.hpp"
#include "domain/settings.hpp"
#include "jobs/gate.hpp"
#include "jobs/sandbox.hpp"
#include "storage/blob_cache.hpp"
#include "storage/object_store.hpp"
#include "storage/sigv4.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace landfall::domain {

class Journal;
struct Caches;

/// The long-lived parts of a running server. Built once by `app`; all thread-safe.
struct Services {
    database::Database& database;
    storage::ObjectStore& store;
    storage::BlobCache& blobs; ///< the store's bytes as local files, for workers
    jobs::Launcher& launcher;
    jobs::ServicePool& tiles;
    jobs::Gate& probes; ///< admission of probes: at most `settings.limits.probes_at_once`
    const Clock& clock;
    catalog::SearchCounts& search_counts;
    Settings settings;
    storage::SigningKey signing_key; ///< of presigned URLs
    std::int64_t server_epoch = 0;   ///< start of this server, microseconds: claims of earlier ones are stale
    std::function<void()> wake_jobs; ///< a job was enqueued and committed
    Caches* caches = nullptr;        ///< without them everything is read and drawn anew
    Journal* journal = nullptr;      ///< takes what must not make reads slow
    std::stop_token stopping{};      ///< asks slow work of calls to end soon, with Unavailable
};

/// One call of one caller.
struct Call {
    const Services& services;
    const auth::Principal& principal;
    Timestamp now;          ///< one instant for the whole call
    std::string request_id; ///< names the call in logs, audit and provenance
    std::string remote_address;
    std::string user_agent;
    std::string if_none_match; ///< the header: entity tags that the caller has already
};

/// A call inside a transaction (or, for reads, a snapshot).
struct Context : Call {
    database::Session& session;
    std::vector<std::string> targets;        ///< ids that the call touched, for the audit log
    bool provenance_written = false;         ///< an edge was recorded: producers must set it
    bool artifact_produced = false;          ///< something whose lineage must be recorded was made
    bool jobs_enqueued = false;              ///< wake the workers once this commits
    std::vector<std::string> released_blobs; ///< nothing refers to them once this commits: removed after it

    Context(const Call& call, database::Session& s) : Call(call), session(s) {}
};

} // namespace landfall::domain
