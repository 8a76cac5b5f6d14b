#pragma once
/// Small texts of the wire: comparison without case, tokens, lists, and status phrases (RFC 9110).

#include <cstdint>
#include <string>
#include <string_view>

namespace landfall::http {

/// Equal but for ASCII case.
bool same_text(std::string_view a, std::string_view b);

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// Whether the comma-separated list names `token`, case aside.
bool list_contains(std::string_view list, std::string_view token);

/// One or more characters of a token (RFC 9110 section 5.6.2).
bool is_token(std::string_view text);

/// The reason phrase of a status; `Unknown` for one that has none.
std::string_view reason_phrase(int status);

/// The client's own request id if it is 1 to 64 characters of `[A-Za-z0-9._-]`.
bool is_request_id(std::string_view text);

} // namespace landfall::http
