#pragma once
/// What many owners wait for, handed out in turns: the one place that says how pools, gates and queues are shared.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace landfall {

/// Entries wait under the name of their owner: an organization, or the address of somebody unknown. Owners take turns,
/// whoever sent more. At most `places` entries are out at a time; of an owner that has none out, `reserve` more may be,
/// so that nobody waits until a neighbour's slow entries end. Not thread-safe.
template<typename T>
class FairQueue {
    struct Owner {
        std::deque<T> waiting;
        std::size_t out = 0;
    };
    using Owners = std::map<std::string, Owner, std::less<>>;

public:
    using Place = typename Owners::iterator;
    /// An entry that is out, and whose place it takes.
    struct Taken {
        Place owner;
        T entry;
    };

    FairQueue(std::size_t places, std::size_t reserve) : places_(places), reserve_(reserve) {}

    void push(std::string_view owner, T entry) {
        auto it = owners_.find(owner);
        if (it == owners_.end())
            it = owners_.try_emplace(std::string(owner)).first;
        if (it->second.waiting.empty())
            turns_.push_back(it);
        it->second.waiting.push_back(std::move(entry));
        ++waiting_;
    }

    /// The next entry that may be out now, which then is until `leave`.
    std::optional<Taken> pop() {
        for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
            const auto it = *turn;
            Owner& owner = it->second;
            if (out_ >= places_ && (owner.out > 0 || out_ >= places_ + reserve_))
                continue;
            Taken next{it, std::move(owner.waiting.front())};
            owner.waiting.pop_front();
            turns_.erase(turn);
            if (!owner.waiting.empty())
                turns_.push_back(it);
            ++owner.out;
            ++out_;
            --waiting_;
            return next;
        }
        return std::nullopt;
    }

    /// An entry is out no more.
    void leave(Place owner) {
        --owner->second.out;
        --out_;
        forget_if_gone(owner);
    }

    /// Takes back an entry that still waits; false if it does not.
    bool remove(std::string_view owner, const T& entry) {
        const auto it = owners_.find(owner);
        if (it == owners_.end() || std::erase(it->second.waiting, entry) == 0)
            return false;
        --waiting_;
        if (it->second.waiting.empty())
            std::erase(turns_, it);
        forget_if_gone(it);
        return true;
    }

    template<typename Visit>
    void each_waiting(Visit visit) {
        for (auto& [name, owner] : owners_)
            for (T& entry : owner.waiting)
                visit(entry);
    }

    std::size_t waiting() const { return waiting_; }
    std::size_t waiting(std::string_view owner) const {
        const auto it = owners_.find(owner);
        return it == owners_.end() ? 0 : it->second.waiting.size();
    }

private:
    /// Some are remembered, for most come again.
    void forget_if_gone(Place it) {
        if (owners_.size() > kRemembered && it->second.waiting.empty() && it->second.out == 0)
            owners_.erase(it);
    }

    static constexpr std::size_t kRemembered = 64;

    std::size_t places_;
    std::size_t reserve_;
    std::size_t out_ = 0;
    std::size_t waiting_ = 0;
    Owners owners_;
    std::deque<Place> turns_; ///< owners with entries that wait, the next first
};

} // namespace landfall
