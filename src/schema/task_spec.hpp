#pragma once
/// What one process asks of another that it does not trust: names and types of tasks, and how their answers are read.

#include "schema/fields.hpp"

#include <string>
#include <string_view>

namespace landfall::schema {

/// A task that runs once in a worker of its own. Both types are described; see `check` below.
template<typename Arguments, typename Answer>
struct TaskSpec {
    std::string_view name;
};

/// A request that a long-lived worker answers with a described head and bytes.
template<typename Request, typename Head>
struct ServiceSpec {
    std::string_view name;
};

/// An answer of a service: what its head's table says, and bytes that only its reader understands.
template<typename Head>
struct Reply {
    Head head;
    std::string bytes;
};

/// Reads a value by its field table, then by `Status check(const T&)` where there is one beside the type, for what no
/// table can say. InvalidArgument with every faulty field, or the error of `check`.
template<typename T>
Result<T> read_checked(const Json& json) {
    T value{};
    if constexpr (std::same_as<T, Json>) {
        value = json;
    } else {
        TRY(value, from_json<T>(json));
    }
    if constexpr (requires(const T& read) { check(read); })
        CHECK_OK(check(value));
    return value;
}

/// The most values in one JSON text of a worker: an honest probe of a palette of 65 536 colours tells half as many.
inline constexpr std::size_t kMaxAnswerValues = 1UL << 20U;

/// Parses what a worker wrote. Values are counted before a tree is made of them, which takes thirty times the text's
/// bytes. BadRequest if it is no JSON, PayloadTooLarge beyond `most_values`.
Result<Json> parse_answer(std::string_view text, std::size_t most_values = kMaxAnswerValues);

/// The error of an answer that breaks its table: Internal, with the faults as its cause.
Error lying_answer(std::string_view name, const Error& fault);

/// Reads what a worker answered as input from a stranger. Internal, with the faults as the cause, if it is not what
/// the type allows: whoever made it was taken over, or has a bug.
template<typename T>
Result<T> read_answer(std::string_view name, std::string_view text) {
    const auto parsed = parse_answer(text);
    if (!parsed)
        return fail(lying_answer(name, parsed.error()));
    auto value = read_checked<T>(*parsed);
    if (!value)
        return fail(lying_answer(name, value.error()));
    return value;
}

/// The error that a worker answered, as it may be told on: an untrusted process may refuse its file or fail, and
/// nothing else. Any other code becomes Internal.
Error checked_refusal(Error error);

/// A reply as text: the head on a line, then the bytes.
template<typename Head>
std::string reply_text(const Reply<Head>& reply) {
    std::string text = to_json_text(reply.head);
    text += '\n';
    text += reply.bytes;
    return text;
}

/// The longest head of a reply, in bytes.
inline constexpr std::size_t kMaxReplyHead = 4096;

/// Reads such a text as `read_answer` does; `check` sees the whole reply.
template<typename Head>
Result<Reply<Head>> read_reply(std::string_view name, std::string&& text) {
    const std::size_t line = std::string_view(text).substr(0, kMaxReplyHead).find('\n');
    if (line == std::string::npos)
        return fail(lying_answer(name, Error(Code::InvalidArgument, "the answer has no head")));
    Reply<Head> reply;
    TRY(reply.head, read_answer<Head>(name, std::string_view(text).substr(0, line)));
    text.erase(0, line + 1);
    reply.bytes = std::move(text);
    if constexpr (requires(const Reply<Head>& read) { check(read); })
        if (const Status fits = check(reply); !fits)
            return fail(lying_answer(name, fits.error()));
    return reply;
}

} // namespace landfall::schema
