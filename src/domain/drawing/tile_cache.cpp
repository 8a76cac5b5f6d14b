#include "domain/drawing/tile_cache.hpp"

namespace landfall::domain {

/// Ends a flight however its drawing ends: nobody must wait for one that a throw took down.
class TileCache::Landing {
public:
    Landing(TileCache& cache, const std::string& key, Flight& flight, std::unique_lock<std::mutex>& lock)
        : cache_(cache), key_(key), flight_(flight), lock_(lock) {}
    Landing(const Landing&) = delete;
    Landing& operator=(const Landing&) = delete;
    ~Landing() {
        if (!lock_.owns_lock())
            lock_.lock();
        flight_.landed = true;
        cache_.flights_.erase(key_);
        cache_.landed_.notify_all();
    }

private:
    TileCache& cache_;
    const std::string& key_;
    Flight& flight_;
    std::unique_lock<std::mutex>& lock_;
};

std::shared_ptr<const Picture> TileCache::find(const std::string& key) {
    const auto it = entries_.find(key);
    if (it == entries_.end())
        return nullptr;
    order_.splice(order_.begin(), order_, it->second);
    return it->second->picture;
}

void TileCache::keep(const std::string& key, std::shared_ptr<const Picture> picture) {
    stats_.bytes += picture->bytes.size() + key.size();
    order_.push_front({key, std::move(picture)});
    entries_[key] = order_.begin();
    while (stats_.bytes > max_bytes_ && !order_.empty()) {
        const Entry& last = order_.back();
        stats_.bytes -= last.picture->bytes.size() + last.key.size();
        entries_.erase(last.key);
        order_.pop_back();
    }
}

Result<std::shared_ptr<const Picture>> TileCache::get(const std::string& key,
                                                      const std::function<Result<Picture>()>& draw) {
    std::unique_lock lock(mutex_);
    if (auto held = find(key)) {
        ++stats_.hits;
        return held;
    }
    if (const auto it = flights_.find(key); it != flights_.end()) {
        const auto flight = it->second;
        ++stats_.hits;
        landed_.wait(lock, [&] { return flight->landed; });
        return flight->result;
    }
    const auto flight = flights_[key] = std::make_shared<Flight>();
    ++stats_.misses;
    const Landing landing(*this, key, *flight, lock);
    lock.unlock();
    auto drawn = draw();
    lock.lock();
    if (drawn) {
        auto picture = std::make_shared<const Picture>(std::move(*drawn));
        flight->result = picture;
        keep(key, std::move(picture));
    } else {
        flight->result = fail(std::move(drawn).error());
    }
    return flight->result;
}

TileCache::Stats TileCache::stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
}

} // namespace landfall::domain
