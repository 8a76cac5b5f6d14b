#include "http/server/face.hpp"

#include "http/message/problem.hpp"

#include <algorithm>
#include <stdexcept>

namespace landfall::http {
namespace {

const Refuse& problem_documents() {
    static const Refuse refuse = [](const Request& request, int status, const std::string& detail) {
        return problem(status, detail, request.request_id);
    };
    return refuse;
}

} // namespace

Face::Face(std::vector<std::string> prefixes, Refuse refuse)
    : prefixes_(std::move(prefixes)), refuse_(std::move(refuse)) {
    if (!refuse_)
        refuse_ = problem_documents();
}

void Face::route(std::string method, std::string pattern, Lane lane, Handler handler, QuickHandler quick) {
    add(std::move(method), std::move(pattern),
        BufferedRoute{[lane](const Request&) { return lane; }, std::move(handler), std::move(quick), {}});
}

void Face::route(std::string method, std::string pattern, LaneOf lane_of, Handler handler, QuickHandler vet) {
    add(std::move(method), std::move(pattern),
        BufferedRoute{std::move(lane_of), std::move(handler), {}, std::move(vet)});
}

void Face::route_stream(std::string method, std::string pattern, StreamBegin begin) {
    add(std::move(method), std::move(pattern), StreamRoute{std::move(begin)});
}

void Face::add(std::string method, std::string pattern, RouteTarget target) {
    if (std::none_of(prefixes_.begin(), prefixes_.end(), [&](const auto& own) { return pattern.starts_with(own); }))
        throw std::logic_error("a face has a route outside its prefixes: " + pattern);
    routes_.push_back({std::move(method), std::move(pattern), std::move(target)});
}

Status Refusals::add(const Face& face) {
    for (const std::string& prefix : face.prefixes()) {
        if (std::any_of(shapes_.begin(), shapes_.end(), [&](const Shape& other) { return other.prefix == prefix; }))
            return fail(Code::InvalidArgument, "Two faces have the prefix " + prefix);
        const auto shorter = std::find_if(shapes_.begin(), shapes_.end(),
                                          [&](const Shape& other) { return other.prefix.size() < prefix.size(); });
        shapes_.insert(shorter, {prefix, face.refuse()});
    }
    return {};
}

const Refuse& Refusals::of(std::string_view path) const {
    const auto found = std::find_if(shapes_.begin(), shapes_.end(),
                                    [&](const Shape& shape) { return path.starts_with(shape.prefix); });
    return found == shapes_.end() ? problem_documents() : found->refuse;
}

} // namespace landfall::http
