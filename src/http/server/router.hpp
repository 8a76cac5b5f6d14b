#pragma once
/// Finds the route of a path. Literal segments beat `{name}`, which beats a last `{name...}`; the most specific
/// pattern that fits decides, whatever its methods.

#include "core/result.hpp"
#include "http/server/face.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace landfall::http {

/// What a path led to.
struct RouteMatch {
    enum class Kind { Found, UnknownPath, WrongMethod, BrokenPath };
    Kind kind = Kind::UnknownPath;
    const RouteTarget* target = nullptr;       ///< for Found; lives as long as the router
    std::map<std::string, std::string> params; ///< for Found, decoded
    std::string allow;                         ///< for WrongMethod: every method of the path
};

class Router {
public:
    Router();
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    /// InvalidArgument if the pattern is not well-formed or the route is taken.
    Status add(const std::string& method, std::string_view pattern, RouteTarget target);
    /// Safe from any thread once all routes are added. `raw_path` is percent-encoded and begins with `/`.
    RouteMatch match(std::string_view method, std::string_view raw_path) const;

private:
    struct Node;
    struct Search;
    std::unique_ptr<Node> root_;
};

} // namespace landfall::http
