#pragma once
/// Conditional and range requests: which part of an object a GET or HEAD is answered with, if any.
/// Spec: RFC 9110 sections 8.8, 13 and 14; where S3 is laxer, S3.

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace landfall {

/// `Tue, 15 Nov 1994 08:12:31 GMT`.
std::string format_http_date(Timestamp at);

/// An HTTP date in any of its three forms (RFC 9110 section 5.6.7); nothing if it is none.
std::optional<Timestamp> parse_http_date(std::string_view text);

/// What a `Range` header asks for of an object.
struct ByteRange {
    enum class Kind {
        Whole,        ///< no range, one that is malformed or of another unit, or several
        Part,         ///< `first` and `length` hold
        Unsatisfiable ///< begins past the end
    };
    Kind kind = Kind::Whole;
    std::int64_t first = 0;  ///< bytes from the start
    std::int64_t length = 0; ///< bytes
};

/// Reads `bytes=a-b`, `bytes=a-` and `bytes=-n` against an object of `size` bytes.
ByteRange parse_byte_range(std::string_view header, std::int64_t size);

/// Whether an If-None-Match header (a list of tags, weak or not, or `*`) names the entity tag, which is quoted.
bool names_entity_tag(std::string_view if_none_match, std::string_view etag);

/// The headers that matter, as sent.
struct ConditionHeaders {
    std::optional<std::string> if_match;
    std::optional<std::string> if_none_match;
    std::optional<std::string> if_modified_since;
    std::optional<std::string> if_unmodified_since;
    std::optional<std::string> if_range;
    std::optional<std::string> range;
};

/// The object as it stands.
struct ObjectState {
    std::string etag; ///< quoted, strong; empty: none
    std::optional<Timestamp> last_modified;
    std::int64_t size = 0; ///< bytes
};

enum class Selection {
    Full,               ///< 200
    Partial,            ///< 206, with `ConditionResult::first` and `length`
    NotModified,        ///< 304
    PreconditionFailed, ///< 412
    InvalidRange        ///< 416, with `Content-Range: bytes */size`
};

struct ConditionResult {
    Selection selection = Selection::Full;
    std::int64_t first = 0;
    std::int64_t length = 0; ///< bytes to send
};

/// Evaluates the headers in the order of RFC 9110 section 13.2.2, for GET and HEAD. Malformed dates and ranges are
/// ignored; a malformed list of tags matches nothing.
ConditionResult evaluate_conditions(const ConditionHeaders& headers, const ObjectState& object);

/// `bytes first-last/size` for a part.
std::string content_range(const ConditionResult& part, std::int64_t size);

} // namespace landfall
