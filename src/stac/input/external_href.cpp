#include "stac/input/external_href.hpp"

#include "core/text.hpp"
#include "outbound/http_client.hpp"
#include "schema/json.hpp"
#include "stac/input/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace landfall::stac {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::string_view kBytes = "3"; ///< that are asked for

/// An address in its parts: what stands before the path, in lower case and without the scheme's own port, and the path.
struct Address {
    std::string origin;
    std::string path;
};

Address parts_of(std::string_view url) {
    const auto scheme = url.find("://");
    const auto end = std::min(url.find_first_of("/?#", scheme + 3), url.size());
    Address address{lower_case(url.substr(0, end)), std::string(url.substr(end, url.find_first_of("?#", end) - end))};
    for (const auto& [start, port] : {std::pair("https://", ":443"), std::pair("http://", ":80")})
        if (address.origin.starts_with(start) && address.origin.ends_with(port))
            address.origin.resize(address.origin.size() - std::string_view(port).size());
    return address;
}

/// Whether a segment leads out of the path, escaped or not.
bool climbs(std::string_view path) {
    const std::string plain = percent_decode(path).value_or("..");
    for (std::size_t from = 0; from <= plain.size();) {
        const auto slash = std::min(plain.find('/', from), plain.size());
        const std::string_view segment = std::string_view(plain).substr(from, slash - from);
        if (segment == ".." || segment == ".")
            return true;
        from = slash + 1;
    }
    return plain.find('\\') != std::string::npos;
}

bool begins_with(const Address& address, const Address& prefix) {
    std::string_view segments = prefix.path;
    while (segments.ends_with('/'))
        segments.remove_suffix(1);
    return address.origin == prefix.origin && address.path.starts_with(segments) &&
           (address.path.size() == segments.size() || address.path[segments.size()] == '/');
}

auto refuse_href(std::string sentence) {
    return refuse_field("href", std::move(sentence));
}

bool leads_to(const std::vector<std::string>& hosts, std::string_view href) {
    const std::string origin = is_url(href) ? parts_of(href).origin : std::string();
    return std::ranges::any_of(hosts, [&](const std::string& host) {
        const std::string start = "http://" + host;
        return origin.starts_with(start) && (origin.size() == start.size() || origin[start.size()] == ':');
    });
}

/// Keeps the head of an answer and takes no more of it.
class HeadOnly final : public outbound::ResponseSink {
public:
    Status begin(const outbound::HttpResponse& answer) override {
        head = answer;
        return fail(Code::Canceled, "the head is enough");
    }
    Status write(std::string_view /*bytes*/) override { return fail(Code::Canceled, "the head is enough"); }

    std::optional<outbound::HttpResponse> head;
};

} // namespace

bool may_be_external(const catalog::CollectionRow& collection) {
    return collection.external_prefixes.has_value();
}

Status check_external_href(const domain::StacSettings& settings, const catalog::CollectionRow& collection,
                           std::string_view href) {
    if (lower_case(href.substr(0, href.find(':'))) == "http" && !leads_to(settings.outbound_hosts, href))
        return refuse_href("http is not a allowed url scheme");
    if (!is_url(href))
        return refuse_href("Invalid URL provided");
    const Address address = parts_of(href);
    const Json prefixes = Json::parse(collection.external_prefixes.value_or("[]")).value_or(Json());
    const bool admitted = !climbs(address.path) && std::ranges::any_of(prefixes.items(), [&](const Json& prefix) {
        return begins_with(address, parts_of(prefix.as_view()));
    });
    return admitted ? Status() : refuse_href("Invalid URL provided. It doesn't match the collection whitelist");
}

Status check_reachable(const domain::StacSettings& settings, std::string_view href) {
    const outbound::Guard guard{settings.outbound_hosts};
    HeadOnly sink;
    outbound::HttpRequest request;
    request.url = href;
    request.headers = {{"Range", "bytes=0-2"}};
    request.sink = &sink;
    request.deadline = kPatience;
    request.guard = &guard;
    const auto answer = outbound::HttpClient().send(request);
    if (!answer && answer.error().code == Code::DeadlineExceeded)
        return refuse_href("Checking href URL resulted in timeout");
    if (!sink.head && (!answer || answer->status >= 400))
        return refuse_href("Provided URL is unreachable");
    const auto length = sink.head ? sink.head->header("content-length") : answer->header("content-length");
    return length == kBytes ? Status() : refuse_href("Provided URL returns bad content");
}

} // namespace landfall::stac
