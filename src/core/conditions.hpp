#pragma once
/// Conditional and range requests: which part of an object a GET or HEAD is answered with, if any.
/// Spec: RFC 9110 sections 8.8, 13 and 14; where S3 is laxer, S3.

#include "core/result.hpp"
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

/// The strong entity tag of a document that is its bytes, with its quotes.
std::string etag_of_content(std::string_view bytes);
/// An entity tag without the quotes around it, whether it has them or not.
std::string_view bare_etag(std::string_view etag);

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

/// Under which conditions a caller wants something read or changed: the headers as sent. What stands is named by its
/// entity tag, strong and without quotes.
struct Preconditions {
    std::optional<std::string> if_match;
    std::optional<std::string> if_none_match;
    std::optional<std::string> if_modified_since;
    std::optional<std::string> if_unmodified_since;
    std::optional<std::string> if_range;
    std::optional<std::string> range;

    /// Whether the caller has this version already, so that a read is answered with "not modified".
    bool has(std::string_view etag) const;
    /// For a read of what stands: PreconditionFailed unless If-Match names it.
    Status check_match(std::string_view etag) const;
    /// For a change of what stands: the same, and PreconditionFailed as well if If-None-Match names it. Ask inside the
    /// transaction that changes it.
    Status check(std::string_view etag) const;
    /// The same, also of the date of the last change, which counts where no tag is asked for.
    Status check(std::string_view etag, Timestamp last_modified) const;
    /// For a change of what is not there: PreconditionFailed under any If-Match.
    Status check_absent() const;
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
ConditionResult evaluate_conditions(const Preconditions& headers, const ObjectState& object);

/// `bytes first-last/size` for a part.
std::string content_range(const ConditionResult& part, std::int64_t size);

} // namespace landfall
