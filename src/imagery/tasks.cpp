#include "imagery/tasks.hpp"

#include <algorithm>

namespace landfall::imagery {
namespace {

/// A name that means a file of its folder, or a type, and nothing else: letters, digits, `.`, `-` and `_`, no leading
/// dot.
Status check_plain_name(std::string_view name) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_';
    });
    if (name.empty() || name.front() == '.' || !plain)
        return fail_field("file", "An output has a plain name.");
    return {};
}

} // namespace

Status check(const CogAnswer& answer) {
    CHECK_OK(check_plain_name(answer.file));
    return check_plain_name(answer.data_type);
}

Status check(const ThumbnailAnswer& answer) {
    return check_plain_name(answer.file);
}

Status check(const TileOrder& order) {
    return check(order.tile);
}

Status check(const schema::Reply<TileHead>& reply) {
    if (!reply.head.is_values && !begins_as(reply.head.format, reply.bytes))
        return fail(Code::InvalidArgument, "The bytes of a tile are a picture of its format.");
    return {};
}

} // namespace landfall::imagery
