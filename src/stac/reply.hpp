#pragma once
/// What the STAC face answers: JSON with the headers that caches, browsers and conditional requests go by. Contract:
/// swisstopo.md sections 2, 5 and 7.

#include "core/time.hpp"
#include "http/message/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::stac {

/// What caches are told.
enum class Caching {
    Resource, ///< of a GET: for ten minutes, or as its collection says
    Listing,  ///< never: it changes with whatever is published
    NoStore,  ///< never: it is about one caller
    Unsaid    ///< of what changes something
};

struct Reply {
    std::string body; ///< JSON
    int status = 200;
    std::string etag{}; ///< strong, without quotes; empty: none
    std::string location{};
    Caching caching = Caching::Resource;
    std::optional<std::string> cache_control{}; ///< of the collection, if it says any
};

inline constexpr std::string_view kNeverCache = "max-age=0, no-cache, no-store, must-revalidate, private";

/// The reply as an answer to the request, whose conditions are heeded if the reply has an entity tag and answers a GET.
/// `is_public` is false of what not everybody may read: no cache may share it then.
http::Response respond(const http::Request& request, Reply reply, bool is_public, Timestamp now);

/// Any page of any origin may read the answer.
void allow_everybody(const http::Request& request, http::Response& response);

} // namespace landfall::stac
