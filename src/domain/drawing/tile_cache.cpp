#include "domain/drawing/tile_cache.hpp"

#include "core/mutex.hpp"

namespace landfall::domain {
namespace {

/// What an entry takes beside key and bytes: nodes of list and map, the picture's own parts, and what malloc rounds up.
constexpr std::size_t kEntryBytes = 320;

} // namespace

std::size_t TileCache::Entry::bytes() const {
    return key.capacity() + picture->bytes.capacity() + kEntryBytes;
}

/// Ends a flight however its drawing ends: nobody must wait for one that a throw took down. Lives under the cache's
/// lock.
class TileCache::Landing {
public:
    Landing(TileCache& cache, const std::string& key, Flight& flight) : cache_(cache), key_(key), flight_(flight) {}
    Landing(const Landing&) = delete;
    Landing& operator=(const Landing&) = delete;
    ~Landing() { cache_.land(key_, flight_); }

private:
    TileCache& cache_;
    const std::string& key_;
    Flight& flight_;
};

void TileCache::land(const std::string& key, Flight& flight) {
    flight.landed = true;
    flights_.erase(key);
    landed_.notify_all();
}

std::shared_ptr<const Picture> TileCache::find(const std::string& key) {
    const auto it = entries_.find(key);
    if (it == entries_.end())
        return nullptr;
    order_.splice(order_.begin(), order_, it->second);
    it->second->used = std::chrono::steady_clock::now();
    return it->second->picture;
}

void TileCache::keep(const std::string& key, std::shared_ptr<const Picture> picture) {
    order_.push_front({key, std::move(picture), std::chrono::steady_clock::now()});
    const auto entry = order_.begin();
    entries_.insert_or_assign(entry->key, entry);
    stats_.bytes += entry->bytes();
    while (stats_.bytes > max_bytes_ && !order_.empty())
        drop_last();
}

void TileCache::drop_last() {
    const Entry& last = order_.back();
    stats_.bytes -= last.bytes();
    entries_.erase(last.key);
    order_.pop_back();
}

std::size_t TileCache::expire(std::chrono::steady_clock::duration unused) {
    const auto before = std::chrono::steady_clock::now() - unused;
    const Lock lock(mutex_);
    const std::size_t held = stats_.bytes;
    while (!order_.empty() && order_.back().used < before)
        drop_last();
    return held - stats_.bytes;
}

Result<Picture> TileCache::draw_meanwhile(const std::function<Result<Picture>()>& draw) {
    const Unlock meanwhile(mutex_);
    return draw();
}

Result<std::shared_ptr<const Picture>> TileCache::get(const std::string& key,
                                                      const std::function<Result<Picture>()>& draw) {
    const Lock lock(mutex_);
    if (auto held = find(key)) {
        ++stats_.hits;
        return held;
    }
    if (const auto it = flights_.find(key); it != flights_.end()) {
        const auto flight = it->second;
        ++stats_.hits;
        while (!flight->landed)
            landed_.wait(mutex_);
        return flight->result;
    }
    const auto flight = flights_[key] = std::make_shared<Flight>();
    ++stats_.misses;
    const Landing landing(*this, key, *flight);
    auto drawn = draw_meanwhile(draw);
    if (drawn) {
        drawn->bytes.shrink_to_fit(); // it may stay for long
        auto picture = std::make_shared<const Picture>(std::move(*drawn));
        flight->result = picture;
        keep(key, std::move(picture));
    } else {
        flight->result = fail(std::move(drawn).error());
    }
    return flight->result;
}

TileCache::Stats TileCache::stats() const {
    const Lock lock(mutex_);
    return stats_;
}

} // namespace landfall::domain
