#pragma once
/// The ways of saying who calls. A further one (share link, …) is one more entry of the list with
/// one function; what follows (scopes, grants, rate, audit) asks the principal and not the scheme.

#include "admission/request.hpp"
#include "auth/principal.hpp"
#include "domain/context.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace landfall::admission {

struct Caller {
    auth::Principal principal;
    std::string_view credential{}; ///< the secret that it showed, a part of the request; empty for anonymous callers
};

/// Whose credential it is, as far as lies in memory and without a proof that it still holds.
struct Recognized {
    OrganizationId organization; ///< empty if that does not tell
    std::string digest{};        ///< for `Credentials`, with the name of its scheme
};

struct Scheme {
    std::string_view name;
    /// The caller; nothing if the request carries no credential of this kind, so that the next scheme is asked; or why
    /// the credential is refused, which ends it.
    Result<std::optional<Caller>> (*identify)(const domain::Services&, const Credentials&, Timestamp now);
    /// Nothing if the request carries no credential of this kind, so that the next scheme is asked. Null: it tells
    /// nothing from memory.
    std::optional<Recognized> (*recognize)(const domain::Services&, const Credentials&);
};

/// Those of this server, in the order in which they are asked.
std::span<const Scheme> schemes();

/// The caller by the first scheme that knows its credential. Unauthenticated if there is none.
Result<Caller> identify(const domain::Services& services, const Credentials& credentials, Timestamp now,
                        std::span<const Scheme> among = schemes());

/// In whose name a request takes its share of the server: see Recognized.
Recognized recognize(const domain::Services& services, const Credentials& credentials);

} // namespace landfall::admission
