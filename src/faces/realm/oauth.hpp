#pragma once
/// How the realm answers: OAuth's own shapes instead of problem documents. Contract: geopera.md section 2.2.
/// Spec: RFC 6749 section 5.

#include "admission/act.hpp"
#include "catalog/ledger/audit.hpp"
#include "core/result.hpp"
#include "domain/context.hpp"
#include "http/message/form.hpp"
#include "http/message/message.hpp"
#include "schema/json.hpp"

#include <string>
#include <string_view>

namespace landfall::faces::realm {

/// The call of nobody yet: whoever asks the realm is about to say who it is.
domain::Call call_of(const domain::Services& services, const http::Request& request);

/// The audit record of what a call did once it was known who calls.
catalog::AuditRow record_of(const domain::Call& call, const admission::Act& act, const auth::Principal& principal);

/// `{ "error": …, "error_description": … }`.
http::Response oauth_error(int status, std::string_view error, std::string_view description);
/// The same of a failure; `refused` is the name of a credential that does not hold, e.g. `invalid_grant`.
http::Response oauth_error(const Error& error, std::string_view refused);
/// How the server's own refusals look under the realm's paths.
http::Response refuse(const http::Request& request, int status, const std::string& detail);

/// A JSON document that must not be kept.
http::Response document(const Json& json);

/// The program that asks, as it calls itself, and what it shows as its secret; from the form, or the Basic scheme
/// (RFC 6749 section 2.3.1).
struct Client {
    std::string id, secret;
};
/// BadRequest for an id that is no short printable text.
Result<Client> client_of(const http::Request& request, const http::Form& form);

/// BadRequest, naming it, if a field is missing.
Result<std::string> required(const http::Form& form, std::string_view field);

} // namespace landfall::faces::realm
