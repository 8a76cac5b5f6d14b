#pragma once
/// How a page of items tells where the next one begins (`extensions.md`, "Paging"): by the place of its last item in
/// the order, so that whatever existed throughout is seen once while others insert and delete.

#include "catalog/search/item_paging.hpp"
#include "domain/context.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::domain {

/// The place as text that only a server of this installation can have made, and only for this question: everything that
/// decides which items are found and in which order. Nothing where no more follows.
std::optional<std::string> page_token(const Call& call, std::string_view question,
                                      const std::optional<catalog::ItemCursor>& end);

/// The place again; nothing without a token. InvalidArgument for a token of another question, organization or
/// installation, an altered one, and one beside an offset.
Result<std::optional<catalog::ItemCursor>> read_page_token(const Call& call, std::string_view question,
                                                           const std::optional<std::string>& token,
                                                           std::int64_t offset);

} // namespace landfall::domain
