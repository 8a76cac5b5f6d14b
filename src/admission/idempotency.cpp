#include "admission/idempotency.hpp"

#include "auth/sealed_text.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace landfall::admission {
namespace {

constexpr std::chrono::hours kKept{24};
/// Stored answers are told apart by their media type: these two stand for what is no media type.
constexpr std::string_view kFailure = "failure";
constexpr std::string_view kSealed = "sealed";
constexpr std::array kFinal{Code::PaymentRequired, Code::NotFound, Code::Conflict, Code::Gone};

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

/// What goes with the bytes of an answer.
std::string head_of(const Answer& answer) {
    Json headers = Json::array();
    for (const auto& [name, value] : answer.headers)
        headers.push(Json::array({name, value}));
    return Json::object({{"media_type", answer.media_type},
                         {"etag", answer.etag},
                         {"cache_control", answer.cache_control},
                         {"headers", std::move(headers)}})
        .dump();
}

Result<Answer> answer_from(const catalog::StoredAnswer& stored, const KeyedCall& call) {
    const Json head = Json::parse(stored.head).value_or(Json());
    Answer answer;
    answer.bytes = stored.body;
    answer.media_type = head["media_type"].as_string(stored.content_type);
    answer.status = stored.status == 0 ? answer.status : static_cast<int>(stored.status);
    answer.etag = head["etag"].as_string();
    answer.cache_control = head["cache_control"].as_string();
    for (const auto& header : head["headers"].items())
        if (header.items().size() == 2)
            answer.headers.emplace_back(header.items()[0].as_string(), header.items()[1].as_string());
    if (stored.content_type != kSealed)
        return answer;
    auto text = auth::open_text(stored.body, seal_of(call));
    if (!text)
        return fail(Code::Conflict, "This Idempotency-Key was used with another credential, and its answer holds a "
                                    "secret that only that one gets; use a new key");
    answer.bytes = std::move(*text);
    if (answer.media_type == kSealed)
        answer.media_type = "application/json";
    return answer;
}

Error failure_from(const catalog::StoredAnswer& stored) {
    const Json head = Json::parse(stored.head).value_or(Json());
    const auto* const code = std::find_if(kFinal.begin(), kFinal.end(),
                                          [&](Code each) { return code_name(each) == head["code"].as_view(); });
    return {code == kFinal.end() ? Code::Conflict : *code, stored.body};
}

Result<std::vector<domain::PassedCheck>> checks_from(const std::string& text) {
    std::vector<domain::PassedCheck> checks;
    if (text.empty())
        return checks;
    TRY(const Json list, Json::parse(text));
    for (const auto& entry : list.items()) {
        TRY(checks.emplace_back(), schema::from_json<domain::PassedCheck>(entry));
    }
    return checks;
}

} // namespace

Result<KeyedCall> make_keyed_call(const domain::Call& call, std::string_view act, const std::string& key,
                                  const Json& body) {
    if (key.empty() || key.size() > kLongestKey) {
        Error error(Code::InvalidArgument, fmt::format("An Idempotency-Key has 1 to {} characters", kLongestKey));
        error.fields.push_back({{"idempotency-key"}, error.message, "value_error", "header"});
        return fail(std::move(error));
    }
    catalog::IdempotencyClaim claim;
    claim.scope = call.principal.organization_id.empty() ? call.principal.id : call.principal.organization_id.str();
    claim.operation = act;
    claim.key = key;
    claim.body_hash = to_hex(sha256(canonical(body).dump()));
    claim.now = call.now;
    claim.expires_at = call.now + kKept;
    return KeyedCall{std::move(claim)};
}

Result<std::optional<KeptAnswer>> claim(database::Session& session, const KeyedCall& call) {
    using Kind = catalog::IdempotencyOutcome::Kind;
    TRY(const auto outcome, catalog::claim_idempotency_key(session, call.claim));
    switch (outcome.kind) {
    case Kind::Claimed:
        return std::optional<KeptAnswer>();
    case Kind::Replay: {
        TRY(auto passed, checks_from(outcome.answer.checks));
        if (outcome.answer.content_type == kFailure)
            return KeptAnswer{fail(failure_from(outcome.answer)), std::move(passed)};
        TRY(auto answer, answer_from(outcome.answer, call));
        return KeptAnswer{std::move(answer), std::move(passed)};
    }
    case Kind::OtherBody:
        break;
    }
    return fail(Code::Conflict, "This Idempotency-Key was used with another body; use a new key for a new call");
}

Status keep(database::Session& session, const KeyedCall& call, const KeptAnswer& kept) {
    catalog::StoredAnswer stored;
    stored.checks = schema::to_json_text(kept.passed);
    if (!kept.answer) {
        stored.content_type = kFailure;
        stored.body = kept.answer.error().message;
        stored.head = Json::object({{"code", code_name(kept.answer.error().code)}}).dump();
    } else {
        stored.status = kept.answer->status;
        stored.content_type = kept.answer->media_type;
        stored.body = kept.answer->bytes;
        stored.head = head_of(*kept.answer);
    }
    if (kept.answer && call.seal_with) {
        auto sealed = auth::seal_text(stored.body, seal_of(call));
        if (!sealed)
            return fail_internal("OpenSSL could not seal an answer");
        stored.content_type = kSealed;
        stored.body = std::move(*sealed);
    }
    return catalog::keep_idempotent_answer(session, call.claim, stored);
}

bool is_final(const Error& error) {
    return error.retry_after_seconds == 0 && std::find(kFinal.begin(), kFinal.end(), error.code) != kFinal.end();
}

} // namespace landfall::admission
