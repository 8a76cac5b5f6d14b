#pragma once
/// Drawn tiles kept in memory, and identical requests in flight drawn once. Design: section 9, stack of the tile path.

#include "core/mutex.hpp"
#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace landfall::domain {

/// An encoded picture.
struct Picture {
    std::string bytes;
    std::string media_type;
};

/// Least recently used pictures go first once `max_bytes` are held, with all that it takes to find them. Thread-safe.
class TileCache {
public:
    explicit TileCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// The picture under `key`, which must name everything that it depends on; drawn by `draw` if it is not held. Of
    /// several callers with one key at a time one draws and the others get what it got, its failure too; Internal if it
    /// threw.
    Result<std::shared_ptr<const Picture>> get(const std::string& key, const std::function<Result<Picture>()>& draw);

    /// Lets go of what nobody has asked for in so long; gives the bytes of that.
    std::size_t expire(std::chrono::steady_clock::duration unused);

    /// Calls answered from memory or by another caller's drawing, calls that drew, and bytes held now.
    struct Stats {
        std::uint64_t hits = 0, misses = 0;
        std::size_t bytes = 0;
    };
    Stats stats() const;

private:
    struct Flight {
        bool landed = false;
        Result<std::shared_ptr<const Picture>> result = fail(Code::Internal, "The tile could not be drawn");
    };
    class Landing;
    struct Entry {
        std::string key;
        std::shared_ptr<const Picture> picture;
        std::chrono::steady_clock::time_point used;

        std::size_t bytes() const;
    };
    void drop_last() REQUIRES(mutex_);
    void keep(const std::string& key, std::shared_ptr<const Picture> picture) REQUIRES(mutex_);
    std::shared_ptr<const Picture> find(const std::string& key) REQUIRES(mutex_);
    Result<Picture> draw_meanwhile(const std::function<Result<Picture>()>& draw) REQUIRES(mutex_);
    void land(const std::string& key, Flight& flight) REQUIRES(mutex_);

    const std::size_t max_bytes_;
    mutable Mutex mutex_;
    Condition landed_;
    std::list<Entry> order_ GUARDED_BY(mutex_);                                                   ///< newest first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> entries_ GUARDED_BY(mutex_); ///< by their own keys
    std::unordered_map<std::string, std::shared_ptr<Flight>> flights_ GUARDED_BY(mutex_);
    Stats stats_ GUARDED_BY(mutex_);
};

} // namespace landfall::domain
