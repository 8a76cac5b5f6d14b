#include "core/numbers.hpp"
#include "core/text.hpp"
#include "storage/sigv4.hpp"
#include "storage/sigv4_canonical.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace landfall::storage {
namespace {

constexpr std::size_t kLongestQuery = std::size_t{16} << 10U; ///< bytes
constexpr std::size_t kMostParameters = 128;
constexpr std::size_t kMostSignedHeaders = 32;
constexpr std::int64_t kLongestLifetime = 604'800; ///< seconds
constexpr std::chrono::minutes kClockSkew{15};

using Fault = std::optional<SignatureFault>;

SignatureFault denied(std::string message) {
    return {"AccessDenied", std::move(message)};
}
SignatureFault bad_parameter(std::string message) {
    return {"AuthorizationQueryParametersError", std::move(message)};
}
SignatureFault incomplete(std::string message) {
    return {"AuthorizationQueryParametersError", std::move(message), true};
}
SignatureFault bad_credential() {
    return bad_parameter("Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                         "\"<YOUR-AKID>/YYYYMMDD/REGION/s3/aws4_request\".");
}

/// A query parameter, decoded as S3 does: `+` is a space.
std::optional<std::string> decode_part(std::string_view raw) {
    std::string text(raw);
    std::replace(text.begin(), text.end(), '+', ' ');
    return percent_decode(text);
}

std::optional<sigv4::Pairs> parse_query(std::string_view raw) {
    sigv4::Pairs pairs;
    while (!raw.empty()) {
        const auto part = raw.substr(0, raw.find('&'));
        raw.remove_prefix(std::min(raw.size(), part.size() + 1));
        if (part.empty())
            continue;
        const auto equals = part.find('=');
        auto name = decode_part(part.substr(0, equals));
        auto value = equals == std::string_view::npos ? std::string() : decode_part(part.substr(equals + 1));
        if (!name || !value || pairs.size() == kMostParameters)
            return std::nullopt;
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return pairs;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::int64_t> parse_digits(std::string_view text) {
    return text.starts_with('-') ? std::nullopt : number_in<std::int64_t>(text);
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z')
        return std::nullopt;
    const auto field = [&](std::size_t at, std::size_t length) { return parse_digits(text.substr(at, length)); };
    const auto year = field(0, 4), month = field(4, 2), day = field(6, 2);
    const auto hour = field(9, 2), minute = field(11, 2), second = field(13, 2);
    if (!year || !month || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok())
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

/// The parameters of the signature itself, checked for their form.
struct Authentication {
    std::string access_key_id;
    sigv4::Scope scope;
    Timestamp signed_at;
    std::chrono::seconds lifetime{0};
    std::vector<std::string> signed_headers;
    std::string signature;
    sigv4::Pairs signed_query; ///< all parameters but the signature
};

class Parser {
public:
    Fault parse(const SignedRequest& request) {
        if (request.raw_query.size() > kLongestQuery)
            return bad_parameter("The query string is too long.");
        auto pairs = parse_query(request.raw_query);
        if (!pairs)
            return bad_parameter("The query string is malformed or has too many parameters.");
        if (auto fault = collect(std::move(*pairs)))
            return fault;
        if (auto fault = parse_credential())
            return fault;
        if (auto fault = parse_times())
            return fault;
        return parse_headers();
    }

    Authentication& result() { return result_; }

private:
    /// Sorts out the parameters that begin with X-Amz-, each at most once in whatever case.
    Fault collect(sigv4::Pairs pairs) {
        constexpr std::array kRequired = {"X-Amz-Algorithm", "X-Amz-Credential",    "X-Amz-Date",
                                          "X-Amz-Expires",   "X-Amz-SignedHeaders", "X-Amz-Signature"};
        std::set<std::string> seen;
        for (auto& [name, value] : pairs) {
            const auto folded = lower_case(name);
            if (folded.starts_with("x-amz-") && !seen.insert(folded).second)
                return incomplete("Each X-Amz- query parameter may appear only once.");
            if (folded.starts_with("x-amz-"))
                amz_.emplace(name, value);
            if (name != "X-Amz-Signature")
                result_.signed_query.emplace_back(std::move(name), std::move(value));
        }
        const auto has = [&](const char* name) { return amz_.contains(name); };
        if (std::none_of(kRequired.begin(), kRequired.end(), has))
            return denied("Access Denied");
        if (!std::all_of(kRequired.begin(), kRequired.end(), has))
            return incomplete("Query-string authentication version 4 requires the X-Amz-Algorithm, "
                              "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                              "X-Amz-Expires parameters.");
        if (amz_["X-Amz-Algorithm"] != sigv4::kAlgorithm)
            return bad_parameter("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        if (seen.contains("x-amz-security-token"))
            return SignatureFault{"InvalidToken", "The provided token is malformed or otherwise invalid."};
        result_.signature = amz_["X-Amz-Signature"];
        return std::nullopt;
    }

    Fault parse_credential() {
        const auto parts = split(amz_["X-Amz-Credential"], '/');
        const bool whole = parts.size() == 5 && std::none_of(parts.begin(), parts.end(),
                                                             [](const std::string& part) { return part.empty(); });
        if (!whole || parts[4] != "aws4_request" || parts[1].size() != 8)
            return bad_credential();
        if (parts[3] != "s3")
            return bad_parameter("Error parsing the X-Amz-Credential parameter; incorrect service. "
                                 "This endpoint belongs to \"s3\".");
        result_.access_key_id = parts[0];
        result_.scope = {amz_["X-Amz-Date"], parts[2]};
        credential_date_ = parts[1];
        return std::nullopt;
    }

    Fault parse_times() {
        const auto signed_at = parse_timestamp(amz_["X-Amz-Date"]);
        if (!signed_at)
            return bad_parameter("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        if (credential_date_ != result_.scope.date())
            return bad_parameter("Invalid credential date. This date is not the same as X-Amz-Date.");
        const auto& expires = amz_["X-Amz-Expires"];
        if (expires.starts_with('-'))
            return bad_parameter("X-Amz-Expires must be non-negative");
        const auto lifetime = parse_digits(expires);
        if (!lifetime)
            return bad_parameter("X-Amz-Expires should be a number");
        if (*lifetime < 1 || *lifetime > kLongestLifetime)
            return bad_parameter("X-Amz-Expires must be at least 1 and at most a week (in seconds); that is, the given "
                                 "X-Amz-Expires must not exceed 604800 seconds");
        result_.signed_at = *signed_at;
        result_.lifetime = std::chrono::seconds(*lifetime);
        return std::nullopt;
    }

    Fault parse_headers() {
        auto names = split(amz_["X-Amz-SignedHeaders"], ';');
        const auto is_lower = [](const std::string& name) { return !name.empty() && name == lower_case(name); };
        if (names.size() > kMostSignedHeaders || !std::all_of(names.begin(), names.end(), is_lower) ||
            std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()) != names.end())
            return bad_parameter("X-Amz-SignedHeaders must list header names in lower case, sorted, each once.");
        if (std::find(names.begin(), names.end(), "host") == names.end())
            return denied("There were headers present in the request which were not signed: host");
        result_.signed_headers = std::move(names);
        return std::nullopt;
    }

    std::map<std::string, std::string> amz_;
    std::string credential_date_;
    Authentication result_;
};

SignatureFault mismatch() {
    return {"SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. "
                                     "Check your key and signing method."};
}

Fault check_signature(const SignedRequest& request, Authentication& claim, const std::string& secret) {
    auto path = percent_decode(request.raw_path);
    if (!path)
        return mismatch();
    sigv4::CanonicalRequest canonical{request.method, std::move(*path), std::move(claim.signed_query)};
    for (const auto& name : claim.signed_headers) {
        auto value = request.header(name);
        if (!value)
            return mismatch();
        canonical.headers.emplace_back(name, name == "host" ? lower_case(*value) : std::move(*value));
    }
    if (!equal_constant_time(sigv4::sign(canonical, claim.scope, secret), claim.signature))
        return mismatch();
    return std::nullopt;
}

} // namespace

std::optional<SignatureTerms> read_terms(const SignedRequest& request) {
    Parser parser;
    if (parser.parse(request))
        return std::nullopt;
    auto& claim = parser.result();
    return SignatureTerms{claim.signed_at + claim.lifetime, std::move(claim.signed_headers)};
}

std::optional<SignatureFault> verify(const SignedRequest& request,
                                     const std::function<std::optional<std::string>(std::string_view)>& find_secret,
                                     Timestamp now) {
    Parser parser;
    if (auto fault = parser.parse(request))
        return fault;
    auto& claim = parser.result();
    if (claim.signed_at > now + kClockSkew)
        return denied("Request is not yet valid");
    if (now > claim.signed_at + claim.lifetime)
        return denied("Request has expired");
    const auto secret = find_secret(claim.access_key_id);
    if (!secret)
        return SignatureFault{"InvalidAccessKeyId",
                              "The AWS Access Key Id you provided does not exist in our records."};
    return check_signature(request, claim, *secret);
}

} // namespace landfall::storage
