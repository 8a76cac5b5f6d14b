#include "http/message/conditional.hpp"

#include "core/conditions.hpp"
#include "http/message/content_coding.hpp"
#include "http/message/response_head.hpp"

#include <fmt/format.h>

namespace landfall::http {
namespace {

/// Those that count for the request's method.
Preconditions conditions_of(const Request& request, Ranges ranges) {
    Preconditions all = preconditions_of(request);
    if (request.method != "GET" && request.method != "HEAD") {
        Preconditions one;
        one.if_none_match = std::move(all.if_none_match);
        return one;
    }
    if (ranges == Ranges::None)
        all.range = all.if_range = std::nullopt;
    return all;
}

void cut(Body& body, std::int64_t first, std::int64_t length) {
    if (auto* text = std::get_if<std::string>(&body)) {
        *text = text->substr(static_cast<std::size_t>(first), static_cast<std::size_t>(length));
    } else if (auto* file = std::get_if<FileBody>(&body)) {
        file->offset += first;
        file->length = length;
    } else {
        auto& pulled = std::get<PulledBody>(body);
        pulled.offset += first;
        pulled.length = length;
    }
}

/// Leaves out what describes a body that is not there.
Response not_modified(const Request& request, Response full) {
    if (knows_any(request)) {
        encode(request, full); // its tag is that of the answer it stands for
    } else {
        vary_by_coding(full.headers, full.headers.get("Content-Type").value_or(""));
    }
    full.status = 304;
    full.body = std::string();
    for (const char* name : {"Content-Type", "Content-Disposition", "Content-Encoding", "Content-Language"})
        full.headers.remove(name);
    return full;
}

} // namespace

Preconditions preconditions_of(const Request& request) {
    const auto header = [&](std::string_view name) {
        const auto value = request.headers.get(name);
        return value ? std::optional<std::string>(*value) : std::nullopt;
    };
    const auto tags = [&](std::string_view name) {
        auto list = header(name);
        return list ? std::optional(plain_tags(*list)) : list;
    };
    return {tags("If-Match"),   tags("If-None-Match"), header("If-Modified-Since"), header("If-Unmodified-Since"),
            header("If-Range"), header("Range")};
}

Response answer_conditionally(const Request& request, Response full, const Validators& validators,
                              const Refuse& refuse) {
    const std::int64_t size = body_length(full);
    const auto part = evaluate_conditions(conditions_of(request, validators.ranges),
                                          {validators.etag, validators.last_modified, size});
    if (part.selection == Selection::PreconditionFailed)
        return refuse(request, 412, {});
    if (part.selection == Selection::InvalidRange) {
        Response refusal = refuse(request, 416, {});
        refusal.headers.set("Content-Range", fmt::format("bytes */{}", size));
        return refusal;
    }
    if (!validators.etag.empty())
        full.headers.set("ETag", validators.etag);
    if (validators.last_modified)
        full.headers.set("Last-Modified", format_http_date(*validators.last_modified));
    if (validators.ranges == Ranges::Bytes)
        full.headers.set("Accept-Ranges", "bytes");
    if (part.selection == Selection::NotModified)
        return not_modified(request, std::move(full));
    if (part.selection == Selection::Partial) {
        full.status = 206;
        full.headers.set("Content-Range", content_range(part, size));
        cut(full.body, part.first, part.length);
    }
    return full;
}

} // namespace landfall::http
