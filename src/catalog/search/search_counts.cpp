#include "catalog/search/item_search.hpp"
#include "core/mutex.hpp"

#include <list>

namespace landfall::catalog {

struct SearchCounts::State {
    struct Entry {
        std::string query;
        std::int64_t version = 0;
        std::int64_t count = 0;
    };
    std::size_t entries = 0;
    mutable Mutex mutex;
    std::list<Entry> list GUARDED_BY(mutex); ///< the latest used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_query GUARDED_BY(mutex);
};

SearchCounts::SearchCounts(std::size_t entries) : state_(std::make_unique<State>()) {
    state_->entries = std::max<std::size_t>(1, entries);
}
SearchCounts::~SearchCounts() = default;

std::optional<std::int64_t> SearchCounts::find(const std::string& query, std::int64_t version) const {
    const Lock lock(state_->mutex);
    const auto known = state_->by_query.find(query);
    if (known == state_->by_query.end() || known->second->version != version)
        return std::nullopt;
    state_->list.splice(state_->list.begin(), state_->list, known->second);
    return known->second->count;
}

void SearchCounts::put(const std::string& query, std::int64_t version, std::int64_t count) {
    const Lock lock(state_->mutex);
    if (const auto known = state_->by_query.find(query); known != state_->by_query.end()) {
        known->second->version = version;
        known->second->count = count;
        return;
    }
    state_->list.push_front({query, version, count});
    state_->by_query.emplace(state_->list.front().query, state_->list.begin());
    if (state_->list.size() > state_->entries) {
        state_->by_query.erase(state_->list.back().query);
        state_->list.pop_back();
    }
}

} // namespace landfall::catalog
