#include "domain/versions.hpp"

namespace landfall::domain {

bool Versions::hold(const OrganizationId& organization, Stamp since) const {
    // Before the changes: those of which the confirmation tells are there to be found then.
    const Instant confirmed{Instant::duration(confirmed_.load(std::memory_order_acquire))};
    return confirmed >= std::chrono::steady_clock::now() - kBound && unchanged(organization, since);
}

bool Versions::unchanged(const OrganizationId& organization, Stamp since) const {
    const SharedLock lock(mutex_);
    if (all_ > static_cast<std::uint64_t>(since))
        return false;
    const auto it = changed_.find(organization);
    return it == changed_.end() || it->second <= static_cast<std::uint64_t>(since);
}

void Versions::bump(const OrganizationId& organization) {
    const Lock lock(mutex_);
    const std::uint64_t next = latest_.load(std::memory_order_relaxed) + 1;
    if (changed_.size() >= max_organizations_ && !changed_.contains(organization)) {
        changed_.clear();
        all_ = next;
    }
    changed_[organization] = next;
    latest_.store(next, std::memory_order_release);
}

void Versions::bump_all() {
    const Lock lock(mutex_);
    all_ = latest_.load(std::memory_order_relaxed) + 1;
    changed_.clear();
    latest_.store(all_, std::memory_order_release);
}

void Versions::confirm(Instant began) {
    confirmed_.store(began.time_since_epoch().count(), std::memory_order_release);
}

} // namespace landfall::domain
