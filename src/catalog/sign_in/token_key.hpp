#pragma once
/// The keys that sign access tokens. One is in use; those that it replaced are known until their tokens have lapsed.

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct TokenKeyRow {
    std::string id;          ///< thumbprint of the public key
    std::string private_key; ///< PEM
    Timestamp created_at{};
    std::optional<Timestamp> retired_at; ///< when another took its place
};

constexpr auto columns(Of<TokenKeyRow>) {
    using R = TokenKeyRow;
    using enum Use;
    return table("token_key", column("id", &R::id, Key), column("private_key", &R::private_key),
                 column("created_at", &R::created_at), column("retired_at", &R::retired_at));
}

/// Conflict if the id is taken.
Status insert_token_key(Session& session, const TokenKeyRow& row);
Result<std::optional<TokenKeyRow>> find_token_key(Session& session, std::string_view id);
/// Those in use or retired after `since`, the newest first: at most one of them is in use.
Result<std::vector<TokenKeyRow>> list_token_keys(Session& session, Timestamp since);
/// Retires all in use, and forgets those that were retired before `since`.
Status retire_token_keys(Session& session, Timestamp at, Timestamp since);

} // namespace landfall::catalog
