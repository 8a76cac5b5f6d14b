#pragma once
/// What was read from the catalog, kept while nothing was committed that could change it.

#include "core/mutex.hpp"
#include "domain/versions.hpp"

#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace landfall::domain {

/// Values by key, each read from one organization's part of the catalog after the stamp that it was put with; one that
/// does not hold any more is not found. At most `max_entries` and `max_bytes`: then those go that do not hold, and all
/// if they are few. Thread-safe.
template<typename T>
class VersionedCache {
public:
    VersionedCache(const Versions& versions, std::size_t max_entries,
                   std::size_t max_bytes = std::numeric_limits<std::size_t>::max())
        : versions_(versions), max_entries_(max_entries), max_bytes_(max_bytes) {}

    /// Nothing if none is held that holds.
    std::shared_ptr<const T> find(const std::string& key) const {
        const Lock lock(mutex_);
        const auto it = entries_.find(key);
        if (it == entries_.end() || !versions_.hold(it->second.organization, it->second.since))
            return nullptr;
        return it->second.value;
    }

    /// `since` was taken before the value was read; `bytes`: about what it takes in memory.
    void put(const std::string& key, const OrganizationId& organization, Stamp since, std::shared_ptr<const T> value,
             std::size_t bytes = 0) {
        const Lock lock(mutex_);
        if ((entries_.size() >= max_entries_ && !entries_.contains(key)) || bytes_ + bytes > max_bytes_)
            make_room();
        Entry& entry = entries_[key];
        bytes_ += bytes - entry.bytes;
        entry = {organization, since, std::move(value), bytes};
    }

    /// Of all that is held.
    std::size_t bytes() const {
        const Lock lock(mutex_);
        return bytes_;
    }

    /// Lets go of what can never be found again.
    void drop_changed() {
        const Lock lock(mutex_);
        drop();
    }

private:
    struct Entry {
        OrganizationId organization;
        Stamp since;
        std::shared_ptr<const T> value;
        std::size_t bytes = 0;
    };

    void drop() REQUIRES(mutex_) {
        for (auto at = entries_.begin(); at != entries_.end();) {
            const Entry& entry = at->second;
            const bool stays = versions_.unchanged(entry.organization, entry.since);
            bytes_ -= stays ? 0 : entry.bytes;
            at = stays ? std::next(at) : entries_.erase(at);
        }
    }
    void make_room() REQUIRES(mutex_) {
        drop();
        if (entries_.size() <= max_entries_ / 2 && bytes_ <= max_bytes_ / 2)
            return;
        entries_.clear(); // else the next entries would search all others as well
        bytes_ = 0;
    }

    const Versions& versions_;
    const std::size_t max_entries_;
    const std::size_t max_bytes_;
    mutable Mutex mutex_;
    std::unordered_map<std::string, Entry> entries_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
};

} // namespace landfall::domain
