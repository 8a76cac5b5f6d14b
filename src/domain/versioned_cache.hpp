#pragma once
/// What was read from the catalog, kept while nothing was committed since.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace landfall::domain {

/// Values by key that hold for one version of the database: the first one put for another version drops all others, as
/// one beyond `max_entries` does. Thread-safe.
template<typename T>
class VersionedCache {
public:
    explicit VersionedCache(std::size_t max_entries) : max_entries_(max_entries) {}

    /// Nothing if it is not held for this version, or the engine has no versions.
    std::optional<T> find(const std::string& key, std::optional<std::int64_t> version) {
        if (!version)
            return std::nullopt;
        const std::lock_guard lock(mutex_);
        if (version_ != *version)
            return std::nullopt;
        const auto it = values_.find(key);
        return it != values_.end() ? std::optional<T>(it->second) : std::nullopt;
    }

    /// `version` was read before the value.
    void put(const std::string& key, std::optional<std::int64_t> version, const T& value) {
        if (!version)
            return;
        const std::lock_guard lock(mutex_);
        if (version_ != *version || values_.size() >= max_entries_) {
            values_.clear();
            version_ = *version;
        }
        values_.insert_or_assign(key, value);
    }

private:
    const std::size_t max_entries_;
    std::mutex mutex_;
    std::int64_t version_ = -1;                 // guarded by mutex_
    std::unordered_map<std::string, T> values_; // guarded by mutex_
};

} // namespace landfall::domain
