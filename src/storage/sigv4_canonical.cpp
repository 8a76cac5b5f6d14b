#include "storage/sigv4_canonical.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace landfall::storage::sigv4 {
namespace {

/// Without the spaces around it, and with every run of spaces inside as one.
std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        const bool space = c == ' ' || c == '\t';
        if (!space)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

/// By name; the values of one name joined by commas in their order.
std::map<std::string, std::string> merged(const Pairs& headers) {
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : headers) {
        const auto [place, is_new] = out.try_emplace(lower_case(name), trimmed(value));
        if (!is_new)
            place->second.append(",").append(trimmed(value));
    }
    return out;
}

} // namespace

std::string Scope::text() const {
    return fmt::format("{}/{}/{}/aws4_request", date(), region, service);
}

std::string format_timestamp(Timestamp at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count());
}

std::string canonical_query(const Pairs& decoded) {
    Pairs encoded;
    encoded.reserve(decoded.size());
    for (const auto& [name, value] : decoded)
        encoded.emplace_back(percent_encode(name), percent_encode(value));
    std::sort(encoded.begin(), encoded.end());
    std::string out;
    for (const auto& [name, value] : encoded) {
        if (!out.empty())
            out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

std::string CanonicalRequest::signed_headers() const {
    std::string out;
    for (const auto& [name, value] : merged(headers)) {
        if (!out.empty())
            out += ';';
        out += name;
    }
    return out;
}

std::string CanonicalRequest::text() const {
    std::string out = method + "\n" + (path.empty() ? "/" : percent_encode(path, "/")) + "\n";
    out += canonical_query(query) + "\n";
    for (const auto& [name, value] : merged(headers))
        out += fmt::format("{}:{}\n", name, value);
    return out + "\n" + signed_headers() + "\n" + payload_hash;
}

std::string signing_key(std::string_view secret, const Scope& scope) {
    const auto date_key = hmac_sha256(fmt::format("AWS4{}", secret), scope.date());
    return hmac_sha256(hmac_sha256(hmac_sha256(date_key, scope.region), scope.service), "aws4_request");
}

std::string string_to_sign(const CanonicalRequest& request, const Scope& scope) {
    return fmt::format("{}\n{}\n{}\n{}", kAlgorithm, scope.timestamp, scope.text(), to_hex(sha256(request.text())));
}

std::string sign(const CanonicalRequest& request, const Scope& scope, std::string_view secret) {
    return to_hex(hmac_sha256(signing_key(secret, scope), string_to_sign(request, scope)));
}

} // namespace landfall::storage::sigv4
