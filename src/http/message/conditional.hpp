#pragma once
/// The one evaluation of conditional and range requests (RFC 9110 sections 13 and 14) for every face that answers bytes
/// or documents.

#include "core/conditions.hpp"
#include "core/time.hpp"
#include "http/message/message.hpp"

#include <optional>
#include <string>

namespace landfall::http {

/// The conditions and the range of a request, as sent.
Preconditions preconditions_of(const Request& request);

/// Whether parts of an answer can be had.
enum class Ranges { None, Bytes };

/// What the conditions and the range of a request are measured against.
struct Validators {
    std::string etag; ///< quoted, strong; empty: none
    std::optional<Timestamp> last_modified{};
    Ranges ranges = Ranges::None;
};

/// What the request's conditions make of `full`, a 200 with the whole body: itself, 206, 304, or a refusal with 412 or
/// 416, which `refuse` shapes and words (its detail is empty). Sets `ETag`, `Last-Modified` and `Accept-Ranges`.
/// With other methods than GET and HEAD only `If-None-Match` counts, for what reads by POST.
Response answer_conditionally(const Request& request, Response full, const Validators& validators,
                              const Refuse& refuse);

} // namespace landfall::http
