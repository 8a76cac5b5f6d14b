#pragma once
/// What a rule needs to do its work: the services of this server, the caller, and inside a transaction its session.

#include "auth/principal.hpp"
#include "catalog/search/item_search.hpp"
#include "catalog/transaction.hpp"
#include "core/conditions.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "database/database.hpp"
#include "domain/rights.hpp"
#include "domain/settings.hpp"
#include "imagery/tasks.hpp"
#include "jobs/gate.hpp"
#include "jobs/sandbox.hpp"
#include "jobs/worker_health.hpp"
#include "storage/blob_cache.hpp"
#include "storage/object_store.hpp"
#include "storage/sigv4.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace landfall::catalog {
struct Extents;
}

namespace landfall::domain {

class ArrivingBytes;
class Journal;
class KnownKeys;
class LostObjects;
class SignedDownloads;
class TileCache;
class TileSources;
class Versions;

/// The workers that draw tiles.
using TilePool = jobs::ServicePool<imagery::TileOrder, imagery::TileHead>;

/// The long-lived parts of a running server. Built once by `app`, then constant; all thread-safe.
struct Services {
    const database::Database& database; ///< to read; what writes is the transactor
    const catalog::Transactor& transactor;
    storage::ObjectStore& store;
    storage::BlobCache& blobs; ///< the store's bytes as local files, for workers
    LostObjects& lost;         ///< what the store should have and has not
    jobs::Launcher& launcher;
    jobs::WorkerHealth& workers; ///< whether any start
    TilePool& tiles;
    jobs::Gate& probes; ///< admission of probes: at most `settings.limits.probes_at_once`
    const Clock& clock;
    catalog::SearchCounts& search_counts;
    catalog::Extents& extents; ///< of collections
    Versions& versions;        ///< of what the caches below hold
    KnownKeys& known_keys;
    TileSources& tile_sources;
    TileCache& tile_cache;
    SignedDownloads& downloads;
    ArrivingBytes& arriving; ///< on their way into the store
    Journal& journal;        ///< takes what must not make reads slow
    Settings settings;
    storage::SigningKey signing_key; ///< of presigned URLs
    std::int64_t server_epoch = 0;   ///< start of this server, microseconds: claims of earlier ones are stale
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
    Preconditions preconditions{};   ///< what the caller makes a condition of its read or change
    std::string client_request_id{}; ///< what the client calls it: for the audit log
    std::string came_by{};           ///< the origin under which the client found this server; may be empty
    bool repeats = false;            ///< a client that follows links asks again and again: see download_asset

    /// The origin of signed URLs and links in the answer: see Settings.
    const std::string& origin() const;
};

/// A call inside a transaction (or, for reads, a snapshot): see transact.hpp.
struct Context : Call {
    catalog::Transaction& transaction;
    database::Session& session;
    Rights rights;                   ///< of the caller, as far as this transaction asked for them
    bool provenance_written = false; ///< an edge was recorded: producers must set it
    bool artifact_produced = false;  ///< something whose lineage must be recorded was made

    Context(const Call& call, catalog::Transaction& t) : Call(call), transaction(t), session(t.session) {}

    /// Notes an id that the call touched, for the audit log.
    void touch(std::string id) { touched_.push_back(std::move(id)); }
    const std::vector<std::string>& touched() const { return touched_; }
    /// The transaction changes nothing that a cache holds, beyond what `transaction.changes` says: for frequent calls
    /// that only add records. Without a word everything of the caller's organization counts as changed.
    void keep_caches() { caches_stay_ = true; }
    bool caches_stay() const { return caches_stay_; }
    /// Tells others that something happened to an entity of the caller's organization; `type` is one of catalog::event.
    Status tell(std::string_view type, std::string_view entity_id, const Json& data = Json::object());

private:
    std::vector<std::string> touched_;
    bool caches_stay_ = false;
};

} // namespace landfall::domain
