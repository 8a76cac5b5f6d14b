#pragma once
/// What changed in the catalog since when, as far as this server knows: by it caches tell what still holds.

#include "core/ids.hpp"
#include "core/mutex.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace landfall::domain {

/// A place in the order of the changes that a server learnt of; taken before what is cached is read.
enum class Stamp : std::uint64_t {};

/// The latest change of each organization. What this server commits is told to it before the commit's caller returns
/// (`domain::transact`), what others commit by the `ChangeWatcher`, which also confirms that it has looked: where that
/// is longer ago than `kBound`, nothing holds. Thread-safe.
class Versions {
public:
    /// The greatest age of what a cache gives out, counted from a commit elsewhere.
    static constexpr std::chrono::milliseconds kBound{250};
    using Instant = std::chrono::steady_clock::time_point;

    /// Organizations beyond `max_organizations` that changed make everything count as changed once.
    explicit Versions(std::size_t max_organizations = 100'000) : max_organizations_(max_organizations) {}

    Stamp now() const { return Stamp{latest_.load(std::memory_order_acquire)}; }
    /// Whether what was read of the organization after `since` may be given out.
    bool hold(const OrganizationId& organization, Stamp since) const;
    /// Whether no change of the organization after `since` is known. False is for ever, unlike that of `hold`.
    bool unchanged(const OrganizationId& organization, Stamp since) const;

    /// A transaction changed the organization, and its commit has ended, well or unknown how.
    void bump(const OrganizationId& organization);
    /// Anything may have changed.
    void bump_all();
    /// All that anybody committed before `began` was told.
    void confirm(Instant began);

private:
    const std::size_t max_organizations_;
    std::atomic<Instant::rep> confirmed_{Instant::min().time_since_epoch().count()};
    std::atomic<std::uint64_t> latest_ = 0; // written under mutex_
    mutable SharedMutex mutex_;
    std::uint64_t all_ GUARDED_BY(mutex_) = 0; ///< the latest change of everything
    std::unordered_map<OrganizationId, std::uint64_t> changed_ GUARDED_BY(mutex_);
};

} // namespace landfall::domain
