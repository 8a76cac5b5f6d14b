#pragma once
/// What an S3 store, its writers, readers and parts share.

#include "core/mutex.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/digester.hpp"
#include "storage/s3/client.hpp"
#include "storage/s3/xml.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace landfall::storage {

/// Bytes that a transfer holds whatever others hold, and the most that it holds if there is room.
inline constexpr std::int64_t kAlwaysHeld = 8LL << 20U;
inline constexpr std::int64_t kMostHeld = 64LL << 20U;

/// Bytes that all transfers together hold in memory beyond the first buffer of each. Thread-safe.
class HeldMemory {
public:
    explicit HeldMemory(std::int64_t most) : most_(most) {}
    /// Whether so many more may be held; if so, until `give`.
    bool take(std::int64_t bytes) {
        if (held_.fetch_add(bytes) + bytes <= most_)
            return true;
        held_ -= bytes;
        return false;
    }
    void give(std::int64_t bytes) { held_ -= bytes; }

private:
    const std::int64_t most_;
    std::atomic<std::int64_t> held_{0};
};

/// Where objects lie, and what each is asked to be.
class S3Layout {
public:
    explicit S3Layout(const S3Settings& settings);

    const std::string& prefix() const { return prefix_; }
    std::string blob(std::string_view key) const { return prefix_ + std::string(key); }
    /// What is kept of all uploads of parts, and of one.
    std::string parts() const { return prefix_ + "parts/"; }
    std::string parts(std::string_view key) const { return parts() + std::string(key) + "/"; }
    /// Headers of whatever begins an object, which bears `mark`.
    sigv4::Pairs headers(const std::string& mark) const;

private:
    std::string prefix_;
    sigv4::Pairs encryption_;
};

/// A key whose writers are to be known.
struct LiveEntry {
    std::chrono::steady_clock::time_point since;
    bool finished = false;
};

/// What one store's handles share.
struct S3Shared {
    S3Shared(const S3Settings& settings, BucketAddress address, std::vector<CredentialSource> sources,
             std::int64_t memory_bytes)
        : client(settings, std::move(address), std::move(sources), clock), layout(settings), memory(memory_bytes) {}

    SystemClock clock;
    S3Client client;
    const S3Layout layout;
    HashPool pool;
    HeldMemory memory;
    Mutex mutex;
    std::map<std::string, LiveEntry, std::less<>> live GUARDED_BY(mutex); ///< written here, until the writer goes
    /// Uploads at the store that nobody ended, as `list` saw them last, by their blob's key.
    std::map<std::string, std::vector<std::string>, std::less<>> leftovers GUARDED_BY(mutex);
};

/// Says that a blob is being written here, until it goes.
class LiveBlob {
public:
    /// Conflict if it is said already.
    static Result<std::unique_ptr<LiveBlob>> claim(std::shared_ptr<S3Shared> shared, std::string_view key);
    ~LiveBlob();
    LiveBlob(const LiveBlob&) = delete;
    LiveBlob& operator=(const LiveBlob&) = delete;
    void finished();

private:
    LiveBlob(std::shared_ptr<S3Shared> shared, std::string key) : shared_(std::move(shared)), key_(std::move(key)) {}

    std::shared_ptr<S3Shared> shared_;
    std::string key_;
};

/// An object as the store tells it.
struct ObjectHead {
    std::int64_t size = 0; ///< bytes
    std::string etag;      ///< opaque
    std::string mark;      ///< of whoever wrote it
};

/// NotFound if there is no such object.
Result<ObjectHead> head_object(S3Client& client, const std::string& key);
/// Conflict if there is such an object.
Status check_free(S3Client& client, const std::string& key);

/// Bytes as an object in one go, checked by the store against their SHA-256. Conflict if there is one.
struct NewObject {
    std::string key;
    std::span<const std::byte> bytes;
    std::string md5{}; ///< raw, if it is known
};
Status put_object(S3Shared& shared, const NewObject& object);

/// The whole object as text, of at most 64 MiB. NotFound if there is none.
Result<std::string> get_text(S3Client& client, const std::string& key);

/// An object in a listing.
struct ListedObject {
    std::string key; ///< whole
    std::int64_t size = 0;
    std::chrono::seconds age{0};
};
/// Objects and, where `delimiter` is not empty, the folders that it makes.
struct Listing {
    std::vector<ListedObject> objects;
    std::vector<std::string> folders;
};
/// Gives what begins with `prefix`, a page at a time.
Status list_objects(S3Shared& shared, const std::string& prefix, const std::string& delimiter,
                    const std::function<Status(Listing&&)>& visit);

/// Removes objects; what is not there is no failure.
Status remove_objects(S3Client& client, const std::vector<std::string>& keys);

/// Unavailable for an answer that is no document with this root.
Result<XmlElement> document_of(const S3Answer& answer, std::string_view root);
/// What an answer that lacks what it must hold comes to: Unavailable.
Error senseless(std::string_view what, const S3Answer& answer);

/// Runs on a thread of its own, or when it is waited for where the system gives no more threads.
template<typename Body>
auto in_background(Body body) {
    try {
        return std::async(std::launch::async, body);
    } catch (const std::system_error&) {
        return std::async(std::launch::deferred, body);
    }
}

/// How long ago a time was that the store told, 0 if that is in the future or no time.
std::chrono::seconds age_of(const Clock& clock, std::string_view told);

} // namespace landfall::storage
