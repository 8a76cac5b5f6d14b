#pragma once
/// Private to src/http: how much memory the buffered bodies of all connections take together, whoever sends them.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace landfall::http {

/// Thread-safe; must outlive its shares.
class BodyBudget {
public:
    /// `bytes` of 0: no limit.
    explicit BodyBudget(std::int64_t bytes) : limit_(bytes) {}

    /// What one body has taken; given back when this goes.
    class Share {
    public:
        explicit Share(BodyBudget& budget) : budget_(budget) {}
        ~Share() { budget_.taken_.fetch_sub(taken_, std::memory_order_relaxed); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        /// Takes what is missing to `size`, the first `kFreeBytes` of which cost nothing. False: there is no room.
        bool grow_to(std::size_t size) {
            const auto wanted = static_cast<std::int64_t>(size) - kFreeBytes;
            if (wanted <= taken_)
                return true;
            const std::int64_t more = wanted - taken_;
            const std::int64_t before = budget_.taken_.fetch_add(more, std::memory_order_relaxed);
            taken_ = wanted;
            return budget_.limit_ == 0 || before + more <= budget_.limit_;
        }

    private:
        BodyBudget& budget_;
        std::int64_t taken_ = 0;
    };

    static constexpr std::int64_t kFreeBytes = 16 * 1024;

private:
    const std::int64_t limit_;
    std::atomic<std::int64_t> taken_{0};
};

} // namespace landfall::http
