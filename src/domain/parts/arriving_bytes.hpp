#pragma once
/// Bytes that are on their way into the store and that no row counts yet.

#include "core/ids.hpp"
#include "core/mutex.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace landfall::domain {

/// By organization, at this server. Thread-safe; must outlive its shares.
class ArrivingBytes {
public:
    /// What one PUT has written; given back when this goes.
    class Share {
    public:
        Share(ArrivingBytes& all, OrganizationId organization) : all_(all), organization_(std::move(organization)) {}
        ~Share() { all_.change(organization_, -bytes_); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        /// Counts more bytes. False if all of the organization's together are then more than `most`.
        bool add(std::int64_t bytes, std::optional<std::int64_t> most) {
            bytes_ += bytes;
            const std::int64_t together = all_.change(organization_, bytes);
            return !most || together <= *most;
        }

    private:
        ArrivingBytes& all_;
        const OrganizationId organization_;
        std::int64_t bytes_ = 0;
    };

private:
    /// The organization's sum after it.
    std::int64_t change(const OrganizationId& organization, std::int64_t bytes) {
        const Lock lock(mutex_);
        const auto it = bytes_.try_emplace(organization, 0).first;
        const std::int64_t sum = it->second += bytes;
        if (sum == 0)
            bytes_.erase(it);
        return sum;
    }

    Mutex mutex_;
    std::map<OrganizationId, std::int64_t> bytes_ GUARDED_BY(mutex_);
};

} // namespace landfall::domain
