#pragma once
/// Results and errors: how every fallible function of Landfall answers.

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall {

/// Why something failed, free of any protocol. `http/problem.hpp` maps each to a status, the command line to an
/// exit code.
enum class Code {
    InvalidArgument,    ///< a field is missing, ill-typed or breaks a rule; the caller must change the input
    BadRequest,         ///< the input is not of the expected syntax (JSON, header), or would break the resource
    Unauthenticated,    ///< no, unknown, expired or revoked credentials
    PermissionDenied,   ///< known caller, missing scope or role
    NotFound,           ///< unknown, foreign or deleted resource
    Conflict,           ///< wrong state or duplicate: a repeat meets it again
    Gone,               ///< was there and will not come back (expired, deleted)
    PaymentRequired,    ///< quota or credit is short
    Aborted,            ///< lost a race against another call; the same call may well succeed in a moment
    PreconditionFailed, ///< what the caller made a condition (If-Match and the like) does not hold; nothing was done
    PayloadTooLarge,    ///< more bytes than allowed
    ResourceExhausted,  ///< rate limit; retry after `Error::retry_after_seconds`
    Canceled,           ///< the caller went away or asked to stop
    DeadlineExceeded,   ///< took too long
    Unavailable,        ///< a dependency or a full queue; retry later
    Unsupported,        ///< a method, media type or feature that is not offered
    Internal,           ///< our fault; the message tells the client nothing about the inside
};

/// One faulty input field.
struct FieldError {
    std::vector<std::string> path;  ///< from the body inwards, e.g. {"bbox", "2"}
    std::string message;            ///< a sentence for the user
    std::string type;               ///< stable machine-readable kind, e.g. "missing", "string_too_short"
    std::string_view part = "body"; ///< of the request, a literal: "body" or "header"
};

/// A failure as a value.
struct Error {
    Code code = Code::Internal;
    std::string message;            ///< for the client: what is wrong and what to do
    std::vector<FieldError> fields; ///< for InvalidArgument: every faulty field
    std::string cause;              ///< for the log only, never sent
    int retry_after_seconds = 0;    ///< for ResourceExhausted, Unavailable and Aborted

    Error() = default;
    Error(Code c, std::string m) : code(c), message(std::move(m)) {}
    /// Attaches what the log should know.
    Error&& because(std::string why) && {
        cause = std::move(why);
        return std::move(*this);
    }
};

template<typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

/// A failed result of any type: `return fail(Code::NotFound, "Item not found")`.
[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message) {
    return tl::unexpected<Error>(Error{code, std::move(message)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

/// A failed result that names one faulty field of the request body.
[[nodiscard]] inline tl::unexpected<Error> fail_field(std::string field, std::string message,
                                                      std::string type = "value_error") {
    Error error{Code::InvalidArgument, message};
    error.fields.push_back({{std::move(field)}, std::move(message), std::move(type)});
    return tl::unexpected<Error>(std::move(error));
}

/// A failed result for a lost race: the caller is asked to repeat the call in a second.
[[nodiscard]] inline tl::unexpected<Error> fail_race(std::string message) {
    Error error{Code::Aborted, std::move(message)};
    error.retry_after_seconds = 1;
    return tl::unexpected<Error>(std::move(error));
}

/// An internal failure: the client reads a neutral sentence, the log reads the cause.
[[nodiscard]] inline tl::unexpected<Error> fail_internal(std::string cause) {
    return tl::unexpected<Error>(
        Error{Code::Internal, "An unexpected error occurred. Quote the request id when reporting it."}.because(
            std::move(cause)));
}

/// Name of a code in lower snake case, for logs and metrics.
std::string_view code_name(Code code);

} // namespace landfall

#define LANDFALL_CONCAT_(a, b) a##b
#define LANDFALL_CONCAT(a, b) LANDFALL_CONCAT_(a, b)
#define LANDFALL_TRY_DECL(tmp, decl, ...)                                                                              \
    auto tmp = (__VA_ARGS__);                                                                                          \
    if (!tmp)                                                                                                          \
        return ::tl::unexpected<::landfall::Error>(std::move(tmp).error());                                            \
    decl = *std::move(tmp)

/// `TRY(auto x, f())` declares x or returns f's error from the enclosing function.
#define TRY(decl, ...) LANDFALL_TRY_DECL(LANDFALL_CONCAT(try_result_, __COUNTER__), decl, __VA_ARGS__)

#define LANDFALL_CHECK_OK(tmp, ...)                                                                                    \
    do {                                                                                                               \
        if (auto tmp = (__VA_ARGS__); !tmp)                                                                            \
            return ::tl::unexpected<::landfall::Error>(std::move(tmp).error());                                        \
    } while (false)

/// `CHECK_OK(f())` returns f's error from the enclosing function, if there is one.
#define CHECK_OK(...) LANDFALL_CHECK_OK(LANDFALL_CONCAT(check_result_, __COUNTER__), __VA_ARGS__)
