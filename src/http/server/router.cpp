#include "http/server/router.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <functional>

namespace landfall::http {
namespace {

/// Deeper paths are unknown paths: no pattern is that long, except through `{name...}`, which stops the descent.
constexpr std::size_t kMaxSegments = 64;

struct Leaf {
    RouteTarget target;
    std::vector<std::string> names; ///< of the parameters, in order
};

/// `{name}` gives name, `{name...}` gives name and sets `rest`; anything else is a literal and gives nothing.
std::optional<std::string> parameter_name(std::string_view segment, bool& rest) {
    if (segment.size() < 3 || segment.front() != '{' || segment.back() != '}')
        return std::nullopt;
    segment = segment.substr(1, segment.size() - 2);
    rest = segment.ends_with("...");
    if (rest)
        segment.remove_suffix(3);
    return std::string(segment);
}

std::string_view first_segment(std::string_view path) {
    return path.substr(0, path.find('/'));
}

} // namespace

struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::unique_ptr<Node> rest;
    std::map<std::string, Leaf, std::less<>> methods;
};

/// One descent: the raw values bound on the way to the best node.
struct Router::Search {
    std::vector<std::string_view> values;

    /// `path` is what follows a slash; its first segment ends at the next one.
    const Node* descend(const Node& node, std::string_view path, std::size_t depth) {
        if (depth > kMaxSegments)
            return nullptr;
        const std::string_view segment = first_segment(path);
        if (const auto found = node.literals.find(segment); found != node.literals.end())
            if (const Node* leaf = follow(*found->second, path, depth))
                return leaf;
        if (node.parameter && !segment.empty()) {
            values.push_back(segment);
            if (const Node* leaf = follow(*node.parameter, path, depth))
                return leaf;
            values.pop_back();
        }
        if (!node.rest)
            return nullptr;
        values.push_back(path);
        return node.rest.get();
    }

    const Node* follow(const Node& node, std::string_view path, std::size_t depth) {
        const std::size_t slash = path.find('/');
        if (slash != std::string_view::npos)
            return descend(node, path.substr(slash + 1), depth + 1);
        return node.methods.empty() ? nullptr : &node;
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

Status Router::add(const std::string& method, std::string_view pattern, RouteTarget target) {
    if (pattern.empty() || pattern.front() != '/')
        return fail(Code::InvalidArgument, "A route's pattern begins with `/`: " + std::string(pattern));
    Node* node = root_.get();
    std::vector<std::string> names;
    bool rest = false;
    for (std::string_view path = pattern.substr(1);;) {
        const std::string_view segment = first_segment(path);
        if (rest)
            return fail(Code::InvalidArgument, "`{name...}` must be the last segment: " + std::string(pattern));
        const auto name = parameter_name(segment, rest);
        if (!name && segment.find_first_of("{}") != std::string_view::npos)
            return fail(Code::InvalidArgument, "A parameter must be a whole segment: " + std::string(pattern));
        std::unique_ptr<Node>& next = !name  ? node->literals[std::string(segment)]
                                      : rest ? node->rest
                                             : node->parameter;
        if (!next)
            next = std::make_unique<Node>();
        if (name)
            names.push_back(*name);
        node = next.get();
        if (segment.size() == path.size())
            break;
        path.remove_prefix(segment.size() + 1);
    }
    if (!node->methods.emplace(method, Leaf{std::move(target), std::move(names)}).second)
        return fail(Code::InvalidArgument, "The route is taken: " + method + " " + std::string(pattern));
    return {};
}

RouteMatch Router::match(std::string_view method, std::string_view raw_path) const {
    RouteMatch result;
    if (raw_path.empty() || raw_path.front() != '/')
        return result;
    Search search;
    const Node* node = search.descend(*root_, raw_path.substr(1), 0);
    if (node == nullptr)
        return result;
    auto leaf = node->methods.find(method);
    if (leaf == node->methods.end() && method == "HEAD")
        leaf = node->methods.find("GET");
    if (leaf == node->methods.end()) {
        result.kind = RouteMatch::Kind::WrongMethod;
        for (const auto& [name, unused] : node->methods)
            result.allow += name + ", ";
        if (node->methods.contains("GET") && !node->methods.contains("HEAD"))
            result.allow += "HEAD, ";
        result.allow += "OPTIONS";
        return result;
    }
    for (std::size_t i = 0; i < search.values.size(); ++i) {
        auto value = percent_decode(search.values[i]);
        if (!value || value->find('\0') != std::string::npos) {
            result.kind = RouteMatch::Kind::BrokenPath;
            return result;
        }
        result.params.insert_or_assign(leaf->second.names[i], *std::move(value));
    }
    result.kind = RouteMatch::Kind::Found;
    result.target = &leaf->second.target;
    return result;
}

} // namespace landfall::http
