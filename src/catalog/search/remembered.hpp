#pragma once
/// What was worked out of the catalog, valid while the counted changes of what it is about stay the same.

#include "core/mutex.hpp"

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace landfall::catalog {

/// Values by key, each of one version; at most `entries`, then those go that were used least lately. Thread-safe.
template<typename T>
class Remembered {
public:
    explicit Remembered(std::size_t entries) : entries_(std::max<std::size_t>(1, entries)) {}

    std::optional<T> find(std::string_view key, std::int64_t version) const {
        const Lock lock(mutex_);
        const auto known = by_key_.find(key);
        if (known == by_key_.end() || known->second->version != version)
            return std::nullopt;
        list_.splice(list_.begin(), list_, known->second);
        return known->second->value;
    }

    void put(std::string key, std::int64_t version, T value) {
        const Lock lock(mutex_);
        if (const auto known = by_key_.find(key); known != by_key_.end()) {
            known->second->version = version;
            known->second->value = std::move(value);
            return;
        }
        list_.push_front({std::move(key), version, std::move(value)});
        by_key_.emplace(list_.front().key, list_.begin());
        if (list_.size() > entries_) {
            by_key_.erase(list_.back().key);
            list_.pop_back();
        }
    }

private:
    struct Entry {
        std::string key;
        std::int64_t version = 0;
        T value{};
    };
    const std::size_t entries_;
    mutable Mutex mutex_;
    mutable std::list<Entry> list_ GUARDED_BY(mutex_); ///< the latest used first
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_key_ GUARDED_BY(mutex_);
};

} // namespace landfall::catalog
