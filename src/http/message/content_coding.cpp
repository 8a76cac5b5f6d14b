#include "http/message/content_coding.hpp"

#include "http/message/response_head.hpp"
#include "http/message/wire_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <libdeflate.h>
#include <memory>
#include <optional>

namespace landfall::http {
namespace {

constexpr std::size_t kLeastBytes = 1024; ///< a shorter text fits one packet either way
constexpr int kLevel = 4;                 ///< larger ones take far longer for little
constexpr std::string_view kTagSuffix = "-gzip\"";

struct FreeCompressor {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

/// The weight of one entry, `;q=0.5`; one that is malformed weighs nothing.
double weight_of(std::string_view parameters) {
    const auto equals = parameters.find('=');
    if (trimmed(parameters).empty())
        return 1;
    if (equals == std::string_view::npos || !same_text(trimmed(parameters.substr(0, equals)), "q"))
        return 0;
    const std::string_view digits = trimmed(parameters.substr(equals + 1));
    double weight = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
    return error == std::errc() && end == digits.data() + digits.size() && weight <= 1 ? weight : 0;
}

/// What the request says of the coding, or of any (`*`) where it does not name it; nothing if of neither.
std::optional<double> weight_in(const Headers& request, std::string_view coding) {
    std::optional<double> named, any;
    for (const auto& [name, value] : request.all()) {
        if (!same_text(name, "Accept-Encoding"))
            continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const std::string_view entry = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
            const auto semicolon = std::min(entry.find(';'), entry.size());
            const std::string_view token = trimmed(entry.substr(0, semicolon));
            const double weight = weight_of(entry.substr(std::min(entry.size(), semicolon + 1)));
            if (same_text(token, coding))
                named = weight;
            else if (token == "*")
                any = weight;
        }
    }
    return named ? named : any;
}

/// The entity tag of the coded form of what has this one, in quotes.
std::string coded_tag(std::string_view etag) {
    return std::string(etag.substr(0, etag.size() - 1)).append(kTagSuffix);
}

std::string_view media_type_of(const Headers& headers) {
    return headers.get("Content-Type").value_or("");
}

} // namespace

bool accepts_gzip(const Headers& request) {
    const double wanted = weight_in(request, "gzip").value_or(weight_in(request, "x-gzip").value_or(0));
    // Plain bytes are always welcome, but liked less than what is asked for unless the request says how much.
    return wanted > 0 && wanted >= weight_in(request, "identity").value_or(0);
}

bool accepts_brotli(const Headers& request) {
    const double wanted = weight_in(request, "br").value_or(0);
    return wanted > 0 && wanted >= weight_in(request, "gzip").value_or(0) &&
           wanted >= weight_in(request, "identity").value_or(0);
}

bool shrinks(std::string_view media_type) {
    const std::string_view type = trimmed(media_type.substr(0, media_type.find(';')));
    constexpr std::array<std::string_view, 5> kTypes{"application/json", "application/xml", "application/javascript",
                                                     "image/svg+xml", "application/vnd.mapbox-vector-tile"};
    return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
           std::ranges::find(kTypes, type) != kTypes.end();
}

std::string gzip(std::string_view bytes) {
    const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(kLevel));
    const std::size_t room = bytes.size() - bytes.size() / 16;
    const auto coded = std::make_unique_for_overwrite<char[]>(room); // pages that nothing reaches cost nothing
    const std::size_t size =
        compressor ? libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), coded.get(), room) : 0;
    return {coded.get(), size};
}

void mark_gzip(Response& response) {
    if (body_length(response) > 0)
        response.headers.set("Content-Encoding", "gzip");
    const auto etag = response.headers.get("ETag");
    if (etag && etag->ends_with('"'))
        response.headers.set("ETag", coded_tag(*etag));
}

void vary_by_coding(Headers& response, std::string_view media_type) {
    if (shrinks(media_type))
        response.add("Vary", "Accept-Encoding");
}

bool knows_any(const Request& request) {
    const auto known = request.headers.get("If-None-Match");
    return known && trimmed(*known) == "*";
}

std::string plain_tags(std::string_view list) {
    std::string out(list);
    for (auto at = out.find(kTagSuffix); at != std::string::npos; at = out.find(kTagSuffix, at))
        out.erase(at, kTagSuffix.size() - 1);
    return out;
}

void encode(const Request& request, Response& response) {
    const bool takes_gzip = accepts_gzip(request.headers);
    if (response.status == 304) {
        // It stands for the answer whose tag the request has.
        const auto known = request.headers.get("If-None-Match");
        const auto etag = response.headers.get("ETag");
        if (takes_gzip && known && etag && known->find(coded_tag(*etag)) != std::string_view::npos)
            mark_gzip(response);
        return;
    }
    auto* text = std::get_if<std::string>(&response.body);
    const std::string_view type = media_type_of(response.headers);
    if (text == nullptr || !shrinks(type) || response.status == 206 || response.headers.get("Accept-Ranges") ||
        response.headers.get("Content-Encoding"))
        return;
    vary_by_coding(response.headers, type);
    if (!takes_gzip || text->size() < kLeastBytes)
        return;
    if (std::string coded = gzip(*text); !coded.empty()) {
        *text = std::move(coded);
        mark_gzip(response);
    }
}

} // namespace landfall::http
