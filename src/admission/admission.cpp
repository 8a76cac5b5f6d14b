#include "admission/admission.hpp"

#include "core/network.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::admission {
namespace {

/// Whether every scope is one of reading.
bool only_reads(const auth::Principal& principal) {
    return std::all_of(principal.scopes.begin(), principal.scopes.end(),
                       [](const std::string& scope) { return scope.ends_with(":read"); });
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

Admission::Admission(const domain::Services& services) : services_(services), rates_(shared_windows(services)) {}

/// The key's own window comes first: what it refuses must not use up the organization's.
RateState Admission::count(const Act& act, const auth::Principal& principal, Timestamp now) {
    const domain::Limits& limits = services_.settings.limits;
    RateState own;
    if (principal.rate_limit) {
        own = rates_.take("principal:" + principal.id, *principal.rate_limit, now);
        if (!own.allowed)
            return own;
    }
    const std::string& who = principal.organization_id.empty() ? principal.id : principal.organization_id.str();
    RateState shared;
    if (act.rate == RateClass::Uncounted)
        return own;
    if (act.rate == RateClass::Tiles)
        shared = rates_.take("tiles:" + who, limits.tiles_per_minute, now);
    else if (act.side_effect == SideEffect::ExternalSpend)
        shared = rates_.take("spend:" + who, limits.spend_per_minute, now);
    else
        shared = rates_.take("operations:" + who, limits.operations_per_minute, now);
    const bool own_is_shorter = own.limit > 0 && (shared.limit <= 0 || own.remaining < shared.remaining);
    return shared.allowed && own_is_shorter ? own : shared;
}

/// Reads have a window of their own: a map of what is public needs many.
RateState Admission::count_anonymous(const Act& act, const std::string& address, Timestamp now) {
    const domain::Limits& limits = services_.settings.limits;
    const bool reads = act.side_effect == SideEffect::Read;
    return rates_.take((reads ? "public_reads:" : "public:") + network_of(address),
                       reads ? limits.public_reads_per_minute : limits.public_per_minute, now);
}

bool Admission::is_anonymous(const Act& act, const Request& request) {
    return act.is_public && request.credentials.authorization.empty() && request.credentials.api_key.empty();
}

/// What a caller without valid credentials is told: only such calls count, so that others at the same address are not
/// hurt.
Error Admission::refuse(Error error, const std::string& address, Timestamp now) {
    if (error.code != Code::Unauthenticated)
        return error;
    const RateState rate =
        strangers_.take("call:" + network_of(address), services_.settings.limits.public_per_minute, now);
    return rate.allowed ? std::move(error) : rate_error(rate);
}

bool Admission::is_worth_a_record(const domain::Call& call) {
    return call.principal.type != auth::PrincipalType::Anonymous ||
           strangers_.take("record:" + network_of(call.remote_address), 1, call.now).allowed;
}

Admitted Admission::admit(const Act& act, const Request& request, Timestamp now) {
    Admitted admitted;
    if (is_anonymous(act, request)) {
        admitted.rate = count_anonymous(act, request.remote_address, now);
        if (!admitted.rate->allowed)
            admitted.refusal = rate_error(*admitted.rate);
        return admitted;
    }
    auto caller = identify(services_, request.credentials, now);
    if (!caller) {
        admitted.refusal = refuse(std::move(caller).error(), request.remote_address, now);
        return admitted;
    }
    admitted.caller = *std::move(caller);
    const bool is_nobody = admitted.caller.principal.type == auth::PrincipalType::Anonymous;
    admitted.rate =
        is_nobody ? count_anonymous(act, request.remote_address, now) : count(act, admitted.caller.principal, now);
    if (!admitted.rate->allowed)
        admitted.refusal = rate_error(*admitted.rate);
    else if (request.credentials.in_url && !only_reads(admitted.caller.principal))
        admitted.refusal =
            Error(Code::PermissionDenied, "A key in a URL may only read: whoever sees the map has it. Make "
                                          "one with scopes like items:read, or send this one in a header");
    else if (!act.scope.empty() && !auth::has_scope(admitted.caller.principal, act.scope))
        admitted.refusal = Error(Code::PermissionDenied, fmt::format("missing scope '{}' for '{}'", act.scope, act.id));
    return admitted;
}

} // namespace landfall::admission
