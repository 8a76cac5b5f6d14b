#include "http/server/body_budget.hpp"

namespace landfall::http {

bool BodyBudget::change(std::string_view owner, std::int64_t bytes) {
    if (bytes == 0)
        return true;
    const Lock lock(mutex_);
    const auto of_owner = taken_by_.try_emplace(std::string(owner), 0).first;
    const std::int64_t all = taken_ += bytes;
    const std::int64_t own = of_owner->second += bytes;
    if (own == 0)
        taken_by_.erase(of_owner);
    return (limit_ == 0 || all <= limit_) && (limit_of_one_ == 0 || own <= limit_of_one_);
}

bool BodyBudget::is_spent(std::string_view owner) const {
    if (limit_of_one_ == 0 || taken_.load(std::memory_order_relaxed) == 0)
        return false;
    const Lock lock(mutex_);
    const auto of_owner = taken_by_.find(owner);
    return of_owner != taken_by_.end() && of_owner->second >= limit_of_one_;
}

} // namespace landfall::http
