#include "catalog/search/item_search.hpp"
#include "catalog/search/remembered.hpp"
#include "core/text.hpp"

namespace landfall::catalog {

/// By the digest of the query, which may be far larger.
struct SearchCounts::State : Remembered<std::int64_t> {
    using Remembered::Remembered;
};

SearchCounts::SearchCounts(std::size_t entries) : state_(std::make_unique<State>(entries)) {}
SearchCounts::~SearchCounts() = default;

std::optional<std::int64_t> SearchCounts::find(std::string_view query, std::int64_t version) const {
    return state_->find(sha256(query), version);
}

void SearchCounts::put(std::string_view query, std::int64_t version, std::int64_t count) {
    state_->put(sha256(query), version, count);
}

} // namespace landfall::catalog
