#pragma once
/// Private to src/http: how much memory the bodies of all connections take together, and those of one owner.

#include "core/mutex.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace landfall::http {

/// Thread-safe; must outlive its shares.
class BodyBudget {
public:
    /// `bytes` of all owners together, `of_one` of each; 0: no limit.
    BodyBudget(std::int64_t bytes, std::int64_t of_one) : limit_(bytes), limit_of_one_(of_one) {}

    /// What one body has taken; given back when this goes.
    class Share {
    public:
        /// The owner's name must outlive it.
        Share(BodyBudget& budget, std::string_view owner) : budget_(budget), owner_(owner) {}
        ~Share() { give_back(); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        /// Takes what is missing to `size`, the first `kFreeBytes` of which cost nothing. False: there is no room, and
        /// what was wanted is taken all the same, until this goes.
        bool grow_to(std::size_t size) {
            const auto wanted = static_cast<std::int64_t>(size) - kFreeBytes;
            if (wanted <= taken_)
                return true;
            const std::int64_t more = wanted - taken_;
            taken_ = wanted;
            return budget_.change(owner_, more);
        }

        void give_back() { budget_.change(owner_, -std::exchange(taken_, 0)); }

    private:
        BodyBudget& budget_;
        const std::string_view owner_;
        std::int64_t taken_ = 0;
    };

    /// Whether nothing more of this owner's fits, whatever others have taken.
    bool is_spent(std::string_view owner) const;

    /// Of all owners.
    std::int64_t taken() const { return taken_.load(std::memory_order_relaxed); }

    static constexpr std::int64_t kFreeBytes = 16 * 1024;

private:
    /// Whether what is taken is within the limits after it.
    bool change(std::string_view owner, std::int64_t bytes);

    const std::int64_t limit_;
    const std::int64_t limit_of_one_;
    mutable Mutex mutex_;
    std::atomic<std::int64_t> taken_{0}; ///< changed under the mutex, so that nobody waits to see that it is nothing
    std::map<std::string, std::int64_t, std::less<>> taken_by_ GUARDED_BY(mutex_);
};

} // namespace landfall::http
