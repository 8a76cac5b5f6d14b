#include "faces/pages/visit.hpp"

#include "catalog/sign_in/device_request.hpp"
#include "core/digest.hpp"
#include "core/ids.hpp"
#include "core/numbers.hpp"
#include "core/text.hpp"
#include "http/message/cookie.hpp"
#include "http/message/problem.hpp"
#include "serving/browser.hpp"

#include <fmt/format.h>

#include <chrono>

namespace landfall::faces::pages {
namespace {

constexpr std::string_view kCookie = "landfall_browser";
constexpr std::string_view kField = "form_token";
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kBrowserBytes = 32;
constexpr std::chrono::seconds kFormLife{3600};

std::int64_t seconds_of(Timestamp at) {
    return to_micros(at) / 1'000'000;
}

struct Token {
    std::string_view nonce, expiry, signature;
};

std::optional<Token> parse(std::string_view text) {
    const auto first = text.find('.');
    const auto second = text.rfind('.');
    if (first == std::string_view::npos || first == second)
        return std::nullopt;
    return Token{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

auto stale() {
    return fail(
        Code::PermissionDenied,
        "The form was sent before, is too old, or comes from another page. Open the page again and go on there");
}

} // namespace

Visit::Visit(const domain::Services& services, const http::Request& request)
    : services_(services), request_(request), browser_(http::cookie(request, kCookie).value_or("")) {
    is_new_ = browser_.size() < kBrowserBytes;
    if (is_new_)
        browser_ = to_base64url(random_bytes(kBrowserBytes));
}

std::string Visit::signature_of(std::string_view purpose, std::string_view nonce, std::string_view expiry) const {
    const std::string key = hmac_sha256(services_.signing_key.secret, "landfall form tokens");
    return to_base64url(hmac_sha256(key, fmt::format("{}\n{}\n{}\n{}", purpose, browser_, nonce, expiry)));
}

Hidden Visit::token_for(std::string_view purpose) const {
    const std::string nonce = to_base64url(random_bytes(kNonceBytes));
    const std::string expiry = std::to_string(seconds_of(services_.clock.now() + kFormLife));
    return {kField, fmt::format("{}.{}.{}", nonce, expiry, signature_of(purpose, nonce, expiry))};
}

Result<http::Form> Visit::take_form(std::string_view purpose) const {
    TRY(auto form, http::Form::of(request_));
    const auto& settings = services_.settings;
    // Browsers name the origin with every form that is sent; what names none is no browser that could be misled.
    if (request_.headers.get("Origin") &&
        !serving::is_from_here(request_, settings.public_url_is_set ? settings.public_url : ""))
        return stale();
    const auto token = parse(form.get(kField));
    const Timestamp now = services_.clock.now();
    if (is_new_ || !token || number_in<std::int64_t>(token->expiry).value_or(0) <= seconds_of(now) ||
        !equal_constant_time(token->signature, signature_of(purpose, token->nonce, token->expiry)))
        return stale();
    const std::string digest = to_hex(sha256(form.get(kField)));
    TRY(const bool first, services_.transactor.run_for([&](database::Session& session) {
        return catalog::insert_sent_form(session, {digest, now + kFormLife});
    }));
    if (!first)
        return stale();
    return form;
}

http::Response Visit::show(const Page& page) const {
    auto response = respond(page);
    if (is_new_)
        http::set_cookie(response, {.name = kCookie, .value = browser_, .secure = serving::is_secure(request_)});
    return response;
}

http::Response Visit::apologize(const Error& error) const {
    Page page{"That did not work", paragraph(error.message), http::status_of(error.code)};
    auto response = show(page);
    if (error.retry_after_seconds > 0)
        response.headers.set("Retry-After", std::to_string(error.retry_after_seconds));
    response.log_cause = error.cause;
    return response;
}

} // namespace landfall::faces::pages
