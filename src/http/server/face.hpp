#pragma once
/// A face: what answers under paths of its own, and how it refuses there. The server knows faces as values and none of
/// the resources behind them.

#include "http/message/message.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace landfall::http {

/// Answers requests whose body is complete.
struct BufferedRoute {
    LaneOf lane_of;
    Handler handler;
    QuickHandler quick{}; ///< asked first, if there is one
    /// Asked on Lane::Interactive before a large body is read, if there is one; an answer refuses the request.
    QuickHandler vet{};
};

/// Takes a body as it comes.
struct StreamRoute {
    StreamBegin begin;
};

using RouteTarget = std::variant<BufferedRoute, StreamRoute>;

/// A pattern is a path with `{name}` segments and an optional last `{name...}` that takes the rest, slashes included.
struct Route {
    std::string method;
    std::string pattern;
    RouteTarget target;
};

/// Routes under prefixes that no other face has, and the shape of the refusals there: the server's own as well.
class Face {
public:
    /// `prefixes` are what the decoded paths begin with, e.g. `/storage/`. Without `refuse`, problem documents.
    explicit Face(std::vector<std::string> prefixes, Refuse refuse = {});

    /// `quick`, if given, is asked before a thread of the pool is; `vet` before a large body is read. A route outside
    /// the prefixes is a mistake in the program, found when it starts.
    void route(std::string method, std::string pattern, Lane lane, Handler handler, QuickHandler quick = {});
    void route(std::string method, std::string pattern, LaneOf lane_of, Handler handler, QuickHandler vet = {});
    void route_stream(std::string method, std::string pattern, StreamBegin begin);

    const std::vector<std::string>& prefixes() const { return prefixes_; }
    const std::vector<Route>& routes() const { return routes_; }
    const Refuse& refuse() const { return refuse_; }

private:
    void add(std::string method, std::string pattern, RouteTarget target);

    std::vector<std::string> prefixes_;
    Refuse refuse_;
    std::vector<Route> routes_;
};

/// The shapes of refusals by the prefixes of paths. Safe from any thread once all are added.
class Refusals {
public:
    /// InvalidArgument if another face has one of the prefixes.
    Status add(const Face& face);
    /// Of the face with the longest prefix that `path` begins with; problem documents where there is none.
    const Refuse& of(std::string_view path) const;

private:
    struct Shape {
        std::string prefix;
        Refuse refuse;
    };
    std::vector<Shape> shapes_; ///< longer prefixes first
};

} // namespace landfall::http
