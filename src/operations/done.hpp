#pragma once
/// The answer of what leaves nothing to be shown: that it was done, and to what.

#include "schema/named.hpp"

namespace landfall::operations {

/// A published name of its own makes it an operation's: `schema::Named<Done<ItemId>, "ItemDeleteOutput">`.
template<typename Id>
struct Done {
    bool ok = true;
    Id id;
};

template<typename Id>
constexpr auto describe(schema::Of<Done<Id>> /*tag*/) {
    return schema::fields(schema::field("ok", &Done<Id>::ok), schema::field("id", &Done<Id>::id, {.required = true}));
}

} // namespace landfall::operations
