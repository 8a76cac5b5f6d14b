#include "operations/registry/dispatch.hpp"

#include "auth/secrets.hpp"
#include "catalog/ledger/audit.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/transact.hpp"
#include "domain/upkeep/journal.hpp"
#include "operations/registry/idempotency.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <exception>
#include <netinet/in.h>
#include <optional>

namespace landfall::operations {
namespace {

catalog::AuditRow audit_row(const domain::Call& call, const OperationSpec& spec, Timestamp end) {
    catalog::AuditRow row;
    row.id = AuditId::make();
    row.at = call.now;
    row.request_id = call.request_id;
    row.principal_id = call.principal.id;
    row.principal_type = schema::enum_text(call.principal.type);
    if (!call.principal.organization_id.empty())
        row.organization_id = call.principal.organization_id;
    row.operation_id = spec.id;
    row.side_effect = side_effect_name(spec.side_effect);
    row.ip = call.remote_address;
    row.user_agent = call.user_agent;
    row.duration_us = (end - call.now).count();
    return row;
}

/// One running operation: gives its body sessions and surrounds writes with idempotency, lineage check and audit.
class Execution final : public Run {
public:
    Execution(const domain::Services& services, const OperationSpec& spec, domain::Call& call)
        : services_(services), spec_(spec), call_(call) {}

    void use_key(KeyedCall keyed) { keyed_ = std::move(keyed); }
    bool replayed() const { return replayed_; }
    bool audited() const { return audited_; }
    domain::Call& call() override { return call_; }

    Status read(const std::function<Status(domain::Context&)>& work) override {
        return domain::in_snapshot(call_, work);
    }

    Result<std::string> write(const std::function<Result<std::string>(domain::Context&)>& work) override {
        auto text = domain::transact(call_, [&](domain::Context& cx) { return run_once(cx, work); });
        if (!text) {
            remember_refusal(text.error());
            return text;
        }
        audited_ = !replayed_;
        if (replayed_failure_)
            return fail(*replayed_failure_);
        return text;
    }

private:
    Result<std::string> run_once(domain::Context& cx,
                                 const std::function<Result<std::string>(domain::Context&)>& work) {
        replayed_ = false;
        replayed_failure_.reset();
        if (keyed_) {
            TRY(const auto stored, claim(cx.session, *keyed_));
            if (stored) {
                replayed_ = true;
                if (stored->content_type == "failure")
                    replayed_failure_ = failure_from(*stored);
                return stored->body;
            }
        }
        TRY(std::string text, work(cx));
        if (!spec_.produces.empty() && cx.artifact_produced && !cx.provenance_written)
            return fail_internal(fmt::format("{} made an artifact without its lineage", spec_.id));
        auto row = audit_row(call_, spec_, services_.clock.now());
        row.targets = Json::array_of(cx.touched()).dump();
        CHECK_OK(catalog::append_audit(cx.session, {row}));
        if (keyed_)
            CHECK_OK(keep_answer(cx.session, *keyed_, text));
        return text;
    }

    /// Final refusals are kept under the key as well; the transaction that would have held them was rolled back.
    void remember_refusal(const Error& error) {
        if (!keyed_ || !is_final(error.code) || error.retry_after_seconds > 0)
            return;
        (void)services_.transactor.run([&](database::Session& session) -> Status {
            TRY(const auto stored, claim(session, *keyed_));
            if (!stored)
                CHECK_OK(catalog::finish_idempotency_key(session, keyed_->claim, stored_failure(error)));
            return {};
        });
    }

    const domain::Services& services_;
    const OperationSpec& spec_;
    domain::Call& call_;
    std::optional<KeyedCall> keyed_;
    std::optional<Error> replayed_failure_;
    bool replayed_ = false;
    bool audited_ = false;
};

/// Bodies beyond this many bytes are read few at a time.
constexpr std::size_t kLargeBody = 256 * 1024;
constexpr int kLargeBodiesAtOnce = 2;
constexpr std::chrono::seconds kLargeBodyPatience{10};
/// Far beyond the largest geometry and properties that an item may have.
constexpr std::size_t kMaxValues = 500'000;

Error rate_error(const RateState& rate) {
    Error error(Code::ResourceExhausted,
                fmt::format("More than {} calls within a minute; try again in {} s", rate.limit, rate.reset_seconds));
    error.retry_after_seconds = static_cast<int>(rate.reset_seconds);
    return error;
}

/// An IPv4 address, or the /64 network of an IPv6 one: its hosts choose the rest as they like.
std::string network_of(const std::string& address) {
    std::array<char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1)
        return address;
    return std::string(bytes.data(), bytes.size() / 2);
}

/// The body as an object; empty, `null` and `{}` are alike.
Result<Json> parse_body(std::string_view body) {
    if (body.find_first_not_of(" \t\r\n") == std::string::npos)
        return Json::object();
    if (body.size() > kLargeBody && count_json_values(body) > kMaxValues)
        return fail(Code::PayloadTooLarge, fmt::format("The JSON body holds more than {} values", kMaxValues));
    TRY(Json json, Json::parse(body));
    if (json.is_null())
        return Json::object();
    if (json.is_object())
        return json;
    Error error(Code::InvalidArgument, "The body must be a JSON object");
    error.fields.push_back({{}, "Input should be a JSON object", "model_attributes_type"});
    return fail(std::move(error));
}

Result<Content> run_body(const Operation& operation, Execution& run, const Invocation& invocation, jobs::Gate& gate) {
    const auto limit = static_cast<std::size_t>(operation.spec.body_limit);
    if (limit > 0 && invocation.body.size() > limit)
        return fail(Code::PayloadTooLarge,
                    fmt::format("The body of {} has at most {} bytes", operation.spec.id, limit));
    const bool large = invocation.body.size() > kLargeBody;
    const auto pass = large ? gate.enter(kLargeBodyPatience) : std::nullopt;
    if (large && !pass)
        return fail(Code::Unavailable, "The server is busy with other large bodies; try again shortly");
    TRY(const Json body, parse_body(invocation.body));
    if (invocation.has_idempotency_key && operation.spec.accepts_idempotency_key) {
        TRY(auto keyed, make_keyed_call(run.call(), operation.spec, invocation.idempotency_key, body));
        if (operation.spec.answer_holds_secret) {
            TRY(keyed.seal_with, auth::credential_from_headers(invocation.authorization, invocation.api_key));
        }
        run.use_key(std::move(keyed));
    }
    // One of the two places that may catch everything: an exception here is a bug or a lack of memory.
    try {
        return operation.body(run, body);
    } catch (const std::exception& bug) {
        return fail_internal(fmt::format("{} threw: {}", operation.spec.id, bug.what()));
    }
}

/// Several servers may share a PostgreSQL database, and then its windows; a SQLite file has one server.
RateLimiter::Lease shared_windows(const domain::Services& services) {
    if (services.database.engine() == database::Engine::Sqlite)
        return {};
    return [&services](const catalog::RateLease& lease) {
        return services.transactor.run_for(
            [&](database::Session& session) { return catalog::lease_rate_block(session, lease); });
    };
}

} // namespace

Dispatcher::Dispatcher(const Registry& registry, const domain::Services& services)
    : registry_(registry), services_(services), rates_(shared_windows(services)), large_bodies_(kLargeBodiesAtOnce) {}

Dispatcher::~Dispatcher() = default;

/// The key's own window comes first: what it refuses must not use up the organization's.
RateState Dispatcher::count(const OperationSpec& spec, const auth::Principal& principal, Timestamp now) {
    const domain::Limits& limits = services_.settings.limits;
    RateState own;
    if (principal.rate_limit) {
        own = rates_.take("principal:" + principal.id, *principal.rate_limit, now);
        if (!own.allowed)
            return own;
    }
    const std::string& who = principal.organization_id.empty() ? principal.id : principal.organization_id.str();
    RateState shared;
    if (spec.rate == RateClass::Tiles)
        shared = rates_.take("tiles:" + who, limits.tiles_per_minute, now);
    else if (spec.side_effect == SideEffect::ExternalSpend)
        shared = rates_.take("spend:" + who, limits.spend_per_minute, now);
    else
        shared = rates_.take("operations:" + who, limits.operations_per_minute, now);
    const bool own_is_shorter = own.limit > 0 && (shared.limit <= 0 || own.remaining < shared.remaining);
    return shared.allowed && own_is_shorter ? own : shared;
}

/// What a caller without valid credentials is told: only such calls count, so that others at the same address are not
/// hurt.
Error Dispatcher::refuse(Error error, const std::string& address, Timestamp now) {
    if (error.code != Code::Unauthenticated)
        return error;
    const RateState rate =
        strangers_.take("call:" + network_of(address), services_.settings.limits.public_per_minute, now);
    return rate.allowed ? std::move(error) : rate_error(rate);
}

/// Strangers must not be able to fill the disk: of what they are refused one record a minute is kept.
bool Dispatcher::is_worth_a_record(const domain::Call& call) {
    return call.principal.type != auth::PrincipalType::Anonymous ||
           strangers_.take("record:" + network_of(call.remote_address), 1, call.now).allowed;
}

Outcome Dispatcher::dispatch(const Operation& operation, const Invocation& invocation) {
    const Timestamp now = services_.clock.now();
    const OperationSpec& spec = operation.spec;
    Outcome outcome{fail(Code::Internal, ""), std::nullopt, "", false};
    auto credential = auth::credential_from_headers(invocation.authorization, invocation.api_key);
    auto principal = credential ? domain::authenticate(services_, *credential, now)
                                : Result<auth::Principal>(fail(credential.error()));
    const auth::Principal caller = principal ? *principal : auth::Principal{};
    domain::Call call{services_,
                      caller,
                      now,
                      invocation.request_id,
                      invocation.remote_address,
                      invocation.user_agent,
                      invocation.if_none_match};
    Execution run(services_, spec, call);
    outcome.principal = caller.id;
    if (!principal) {
        outcome.answer = fail(refuse(std::move(principal).error(), call.remote_address, now));
    } else {
        outcome.rate = count(spec, caller, now);
        if (!outcome.rate->allowed)
            outcome.answer = fail(rate_error(*outcome.rate));
        else if (!auth::has_scope(caller, spec.scope))
            outcome.answer =
                fail(Code::PermissionDenied, fmt::format("missing scope '{}' for '{}'", spec.scope, spec.id));
        else
            outcome.answer = run_body(operation, run, invocation, large_bodies_);
    }
    outcome.replayed = run.replayed();
    if (!run.audited() && services_.journal != nullptr && is_worth_a_record(call)) {
        auto row = audit_row(call, spec, services_.clock.now());
        if (!outcome.answer)
            row.outcome = code_name(outcome.answer.error().code);
        services_.journal->audit(std::move(row));
    }
    return outcome;
}

} // namespace landfall::operations
