#pragma once
/// The one way into an operation. Order: authenticate, rate limit, scope, validate, idempotency, [prepare],
/// transaction {domain checks, execute, provenance, audit}, respond. Contract: geopera.md section 4.

#include "domain/context.hpp"
#include "jobs/gate.hpp"
#include "operations/registry/rate_limit.hpp"
#include "operations/registry/registry.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::operations {

/// A call as a face received it.
struct Invocation {
    std::string_view body;     ///< JSON text; empty, `null` and `{}` are alike. Must outlive the call
    std::string authorization; ///< `Bearer …`, or empty
    std::string api_key;       ///< the X-API-Key header or `?key=`, or empty
    std::string idempotency_key;
    bool has_idempotency_key = false;
    std::string request_id;
    std::string remote_address;
    std::string user_agent;
    std::string if_none_match; ///< the header: entity tags that the client has
};

/// What became of a call.
struct Outcome {
    Result<Content> answer;
    std::optional<RateState> rate; ///< present once the caller is known
    std::string principal;         ///< id, for the access log
    bool replayed = false;         ///< answered from the idempotency record
};

/// Thread-safe.
class Dispatcher {
public:
    Dispatcher(const Registry& registry, const domain::Services& services);
    ~Dispatcher();

    Outcome dispatch(const Operation& operation, const Invocation& invocation);
    const Registry& registry() const { return registry_; }

private:
    Error refuse(Error error, const std::string& address, Timestamp now);
    bool is_worth_a_record(const domain::Call& call);
    RateState count(const OperationSpec& spec, const auth::Principal& principal, Timestamp now);

    const Registry& registry_;
    const domain::Services& services_;
    RateLimiter rates_;
    RateLimiter strangers_;   ///< by address: callers without valid credentials, at this server
    jobs::Gate large_bodies_; ///< their trees take several times their bytes
};

} // namespace landfall::operations
