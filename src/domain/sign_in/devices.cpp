#include "domain/sign_in/devices.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"
#include "domain/tenancy/access.hpp"

#include <algorithm>
#include <cctype>

namespace landfall::domain {
namespace {

constexpr std::string_view kDevicePrefix = "lfd_";
/// No vowels, which would make words, and nothing that looks like something else.
constexpr std::string_view kAlphabet = "BCDFGHJKLMNPQRSTVWXZ23456789";
constexpr std::size_t kCodeLength = 8;
constexpr std::int64_t kSlowerBy = 5; ///< seconds: RFC 8628 section 3.5
constexpr std::chrono::milliseconds kTolerance{1000};

std::string new_user_code() {
    std::string code;
    while (code.size() < kCodeLength) {
        const auto byte = static_cast<unsigned char>(random_bytes(1)[0]);
        if (byte < 256 / kAlphabet.size() * kAlphabet.size()) // else some letters would be likelier
            code += kAlphabet[byte % kAlphabet.size()];
    }
    return code;
}

std::string plain_code(std::string_view typed) {
    std::string code;
    for (const char c : typed.substr(0, 64))
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            code += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return code;
}

bool shows_verifier(const catalog::DeviceRequestRow& row, std::string_view verifier) {
    return !row.challenge || equal_constant_time(to_base64url(sha256(verifier)), *row.challenge);
}

/// Notes the question; whoever asks too often shall ask less often from now on.
Result<DevicePoll> wait_on(Context& cx, catalog::DeviceRequestRow row) {
    const bool early =
        row.polled_at && cx.now < *row.polled_at + std::chrono::seconds(row.interval_seconds) - kTolerance;
    row.polled_at = cx.now;
    row.interval_seconds += early ? kSlowerBy : 0;
    CHECK_OK(catalog::update_device_request(cx.session, row));
    return DevicePoll{early ? DeviceAnswer::SlowDown : DeviceAnswer::Pending};
}

Result<DevicePoll> let_in(Context& cx, catalog::DeviceRequestRow row) {
    SignIn who;
    who.user_id = row.user_id;
    who.organization_id = row.organization_id;
    who.scopes = row.scopes;
    who.client = row.client;
    row.state = catalog::DeviceState::Used;
    TRY(const bool first, catalog::answer_device_request(cx.session, row, catalog::DeviceState::Approved));
    if (!first)
        return DevicePoll{DeviceAnswer::Unknown};
    TRY(auto issued, issue_tokens(cx, who));
    return DevicePoll{DeviceAnswer::Approved, std::move(issued)};
}

} // namespace

std::string shown_code(std::string_view user_code) {
    if (user_code.size() != kCodeLength)
        return std::string(user_code);
    return std::string(user_code.substr(0, kCodeLength / 2)) + "-" + std::string(user_code.substr(kCodeLength / 2));
}

Result<DeviceCodes> ask_device(Context& cx, const DeviceAsk& ask) {
    CHECK_OK(check_scope_words(ask.scopes));
    DeviceCodes codes{new_secret(kDevicePrefix), {}};
    catalog::DeviceRequestRow row;
    row.digest = key_digest(codes.device_code);
    row.client = ask.client;
    row.scopes = ask.scopes;
    row.challenge = ask.challenge;
    row.address = cx.remote_address;
    row.created_at = cx.now;
    row.expires_at = cx.now + kDeviceCodeLife;
    row.interval_seconds = kPollSeconds;
    for (bool inserted = false; !inserted;) {
        row.user_code = new_user_code();
        TRY(inserted, catalog::insert_device_request(cx.session, row));
    }
    codes.user_code = shown_code(row.user_code);
    return codes;
}

Result<DevicePoll> poll_device(Context& cx, const DeviceQuestion& question) {
    TRY(const auto row, catalog::find_device_request(cx.session, key_digest(question.device_code)));
    const bool known = row && row->client == question.client && shows_verifier(*row, question.verifier);
    if (!known || row->state == catalog::DeviceState::Used)
        return DevicePoll{DeviceAnswer::Unknown};
    if (row->state == catalog::DeviceState::Denied)
        return DevicePoll{DeviceAnswer::Denied};
    if (row->expires_at <= cx.now)
        return DevicePoll{DeviceAnswer::Expired};
    return row->state == catalog::DeviceState::Approved ? let_in(cx, *row) : wait_on(cx, *row);
}

Result<std::optional<catalog::DeviceRequestRow>> find_waiting_device(database::Session& session,
                                                                     std::string_view user_code, Timestamp now) {
    TRY(auto row, catalog::find_device_request_by_user_code(session, plain_code(user_code)));
    const bool waits = row && row->state == catalog::DeviceState::Pending && row->expires_at > now;
    return waits ? std::move(row) : std::nullopt;
}

Status decide_device(Context& cx, const DeviceDecision& decision) {
    TRY(auto row, find_waiting_device(cx.session, decision.user_code, cx.now));
    bool waited = false;
    if (row) {
        row->state = decision.approved ? catalog::DeviceState::Approved : catalog::DeviceState::Denied;
        row->user_id = decision.user_id;
        TRY(row->organization_id, workplace_of(cx.session, decision.user_id, decision.organization_id));
        TRY(waited, catalog::answer_device_request(cx.session, *row, catalog::DeviceState::Pending));
    }
    if (!waited)
        return fail(Code::NotFound, "The code was answered already, or has expired. Begin again on your device");
    return {};
}

} // namespace landfall::domain
