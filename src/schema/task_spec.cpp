#include "schema/task_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace landfall::schema {
namespace {

constexpr std::size_t kMaxCauseBytes = 2000;

} // namespace

Result<Json> parse_answer(std::string_view text, std::size_t most_values) {
    // A value takes two bytes at least, with what parts it from the next.
    if (text.size() / 2 >= most_values && count_json_values(text) > most_values)
        return fail(Code::PayloadTooLarge, fmt::format("The JSON text holds more than {} values", most_values));
    return Json::parse(text);
}

Error lying_answer(std::string_view name, const Error& fault) {
    std::string cause = fmt::format("the answer of '{}' is not valid: {}", name, fault.message);
    for (const FieldError& field : fault.fields)
        if (cause.size() < kMaxCauseBytes)
            cause += fmt::format("; {}: {}", fmt::join(field.path, "."), field.message);
    return fail_internal(cause).value();
}

Error checked_refusal(Error error) {
    switch (error.code) {
    case Code::InvalidArgument:
    case Code::NotFound:
    case Code::Unsupported:
    case Code::PayloadTooLarge:
    case Code::Canceled:
    case Code::Internal:
        return error;
    default:
        return fail_internal(fmt::format("a worker answered with the error '{}': {} ({})", code_name(error.code),
                                         error.message, error.cause))
            .value();
    }
}

} // namespace landfall::schema
