#include "operations/registry/idempotency.hpp"

#include "auth/sealed_text.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <chrono>

namespace landfall::operations {
namespace {

constexpr std::chrono::hours kKept{24};
constexpr std::chrono::seconds kLease{60};
/// Stored answers are told apart by this column: failures keep their code there.
constexpr std::string_view kFailure = "failure";
constexpr std::string_view kSealed = "sealed";

/// The same JSON with the members of every object in order, so that equal bodies have equal text.
Json canonical(const Json& json) {
    if (json.is_array()) {
        Json out = Json::array();
        for (const auto& entry : json.items())
            out.push(canonical(entry));
        return out;
    }
    if (!json.is_object())
        return json;
    Json::Object members;
    for (const auto& [name, value] : json.members())
        members.emplace_back(name, canonical(value));
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return Json(std::move(members));
}

auth::Seal seal_of(const KeyedCall& call) {
    return {call.seal_with ? std::string_view(*call.seal_with) : "", call.claim.operation};
}

Result<catalog::StoredAnswer> unsealed(catalog::StoredAnswer answer, const KeyedCall& call) {
    if (answer.content_type != kSealed)
        return answer;
    auto text = auth::open_text(answer.body, seal_of(call));
    if (!text)
        return fail(Code::Conflict, "This Idempotency-Key was used with another credential, and its answer holds a "
                                    "secret that only that one gets; use a new key");
    answer.content_type = call.media_type;
    answer.body = std::move(*text);
    return answer;
}

} // namespace

Result<KeyedCall> make_keyed_call(const domain::Call& call, const OperationSpec& spec, const std::string& key,
                                  const Json& body) {
    if (key.empty() || key.size() > 255) {
        Error error(Code::InvalidArgument, "An Idempotency-Key has 1 to 255 characters");
        error.fields.push_back({{"Idempotency-Key"}, error.message, "value_error"});
        return fail(std::move(error));
    }
    catalog::IdempotencyClaim claim;
    claim.scope = call.principal.organization_id.empty() ? call.principal.id : call.principal.organization_id.str();
    claim.operation = spec.id;
    claim.key = key;
    claim.body_hash = to_hex(sha256(canonical(body).dump()));
    claim.owner = call.request_id;
    claim.now = call.now;
    claim.lease_until = call.now + kLease;
    claim.expires_at = call.now + kKept;
    return KeyedCall{std::move(claim), std::string(spec.media_type), std::nullopt};
}

Result<std::optional<catalog::StoredAnswer>> claim(database::Session& session, const KeyedCall& call) {
    using Kind = catalog::IdempotencyOutcome::Kind;
    TRY(const auto outcome, catalog::claim_idempotency_key(session, call.claim));
    switch (outcome.kind) {
    case Kind::Claimed:
        return std::optional<catalog::StoredAnswer>();
    case Kind::Replay: {
        TRY(auto answer, unsealed(outcome.answer, call));
        return std::optional(std::move(answer));
    }
    case Kind::OtherBody:
        return fail(Code::Conflict, "This Idempotency-Key was used with another body; use a new key for a new call");
    case Kind::InProgress:
        break;
    }
    Error error(Code::Conflict, "A call with this Idempotency-Key still runs; repeat it in a second");
    error.retry_after_seconds = 1;
    return fail(std::move(error));
}

Status keep_answer(database::Session& session, const KeyedCall& call, const std::string& text) {
    catalog::StoredAnswer answer{0, call.media_type, text};
    if (call.seal_with) {
        auto sealed = auth::seal_text(text, seal_of(call));
        if (!sealed)
            return fail_internal("OpenSSL could not seal an answer");
        answer = {0, std::string(kSealed), std::move(*sealed)};
    }
    CHECK_OK(catalog::finish_idempotency_key(session, call.claim, answer));
    return {};
}

bool is_final(Code code) {
    return code == Code::PaymentRequired || code == Code::NotFound || code == Code::Conflict || code == Code::Gone;
}

catalog::StoredAnswer stored_failure(const Error& error) {
    return {static_cast<std::int64_t>(error.code), std::string(kFailure), error.message};
}

Error failure_from(const catalog::StoredAnswer& answer) {
    return {static_cast<Code>(answer.status), answer.body};
}

} // namespace landfall::operations
