#include "catalog/search/item_search.hpp"
#include "core/mutex.hpp"
#include "core/text.hpp"

#include <list>

namespace landfall::catalog {

struct SearchCounts::State {
    struct Entry {
        std::string digest; ///< of the query, which may be far larger
        std::int64_t version = 0;
        std::int64_t count = 0;
    };
    std::size_t entries = 0;
    mutable Mutex mutex;
    std::list<Entry> list GUARDED_BY(mutex); ///< the latest used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_digest GUARDED_BY(mutex);
};

SearchCounts::SearchCounts(std::size_t entries) : state_(std::make_unique<State>()) {
    state_->entries = std::max<std::size_t>(1, entries);
}
SearchCounts::~SearchCounts() = default;

std::optional<std::int64_t> SearchCounts::find(std::string_view query, std::int64_t version) const {
    const std::string digest = sha256(query);
    const Lock lock(state_->mutex);
    const auto known = state_->by_digest.find(digest);
    if (known == state_->by_digest.end() || known->second->version != version)
        return std::nullopt;
    state_->list.splice(state_->list.begin(), state_->list, known->second);
    return known->second->count;
}

void SearchCounts::put(std::string_view query, std::int64_t version, std::int64_t count) {
    std::string digest = sha256(query);
    const Lock lock(state_->mutex);
    if (const auto known = state_->by_digest.find(digest); known != state_->by_digest.end()) {
        known->second->version = version;
        known->second->count = count;
        return;
    }
    state_->list.push_front({std::move(digest), version, count});
    state_->by_digest.emplace(state_->list.front().digest, state_->list.begin());
    if (state_->list.size() > state_->entries) {
        state_->by_digest.erase(state_->list.back().digest);
        state_->list.pop_back();
    }
}

} // namespace landfall::catalog
