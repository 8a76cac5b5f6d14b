#include "faces/preconditions.hpp"

namespace landfall::faces {

Preconditions preconditions_of(const http::Request& request) {
    const auto header = [&](std::string_view name) {
        const auto value = request.headers.get(name);
        return value ? std::optional<std::string>(*value) : std::nullopt;
    };
    return {header("If-Match"), header("If-None-Match"), header("If-Modified-Since"), header("If-Unmodified-Since"),
            header("If-Range"), header("Range")};
}

} // namespace landfall::faces
