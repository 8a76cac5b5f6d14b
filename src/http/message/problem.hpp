#pragma once
/// The one mapping from failures to HTTP answers: problem documents (RFC 9457), and the validation shape of 422
/// (contract section 5: `detail` is a list of {loc, msg, type}).

#include "core/result.hpp"
#include "http/message/message.hpp"

#include <string>
#include <string_view>

namespace landfall::http {

/// The status of a code.
int status_of(Code code);

/// The answer to a failure, with WWW-Authenticate and Retry-After where the status asks for them. `Error::cause` goes
/// to `Response::log_cause` only.
Response problem(const Error& error, std::string_view request_id);

/// The answer for a status that no error code has, e.g. 405 or 431.
Response problem(int status, std::string detail, std::string_view request_id);

} // namespace landfall::http
