#pragma once
/// What was read from the catalog, kept while nothing was committed that could change it.

#include "core/mutex.hpp"
#include "domain/versions.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace landfall::domain {

/// Values by key, each read from one organization's part of the catalog after the stamp that it was put with; one that
/// does not hold any more is not found. At most `max_entries`: then those go that do not hold, and all if they are few.
/// Thread-safe.
template<typename T>
class VersionedCache {
public:
    VersionedCache(const Versions& versions, std::size_t max_entries)
        : versions_(versions), max_entries_(max_entries) {}

    /// Nothing if none is held that holds.
    std::shared_ptr<const T> find(const std::string& key) const {
        const Lock lock(mutex_);
        const auto it = entries_.find(key);
        if (it == entries_.end() || !versions_.hold(it->second.organization, it->second.since))
            return nullptr;
        return it->second.value;
    }

    /// `since` was taken before the value was read.
    void put(const std::string& key, const OrganizationId& organization, Stamp since, std::shared_ptr<const T> value) {
        const Lock lock(mutex_);
        if (entries_.size() >= max_entries_ && !entries_.contains(key))
            make_room();
        entries_.insert_or_assign(key, Entry{organization, since, std::move(value)});
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
    };

    void drop() REQUIRES(mutex_) {
        std::erase_if(entries_, [this](const auto& entry) {
            return !versions_.unchanged(entry.second.organization, entry.second.since);
        });
    }
    void make_room() REQUIRES(mutex_) {
        drop();
        if (entries_.size() > max_entries_ / 2) // else the next entries would search all others as well
            entries_.clear();
    }

    const Versions& versions_;
    const std::size_t max_entries_;
    mutable Mutex mutex_;
    std::unordered_map<std::string, Entry> entries_ GUARDED_BY(mutex_);
};

} // namespace landfall::domain
