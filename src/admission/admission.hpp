#pragma once
/// Whether a call is let in: who calls, whether the rate allows it, whether the credential has the scope. Contract:
/// geopera.md sections 2, 3.1 and 6.1.

#include "admission/act.hpp"
#include "admission/rate_limit.hpp"
#include "admission/request.hpp"
#include "admission/schemes.hpp"
#include "domain/context.hpp"

#include <optional>
#include <string>

namespace landfall::admission {

struct Admitted {
    Caller caller;                  ///< anonymous where nobody was recognized
    std::optional<RateState> rate;  ///< present once the caller is known
    std::optional<Error> refusal{}; ///< why the call must not run
};

/// Thread-safe. One a server: it counts.
class Admission {
public:
    explicit Admission(const domain::Services& services);

    Admitted admit(const Act& act, const Request& request, Timestamp now);
    /// Whether the act is one for anybody and the request shows no credential, not even a wrong one.
    static bool is_anonymous(const Act& act, const Request& request);
    /// Whether a call that was not written down is kept in the audit log. Strangers must not be able to fill the disk:
    /// of what they are refused one record a minute is kept.
    bool is_worth_a_record(const domain::Call& call);

private:
    RateState count(const Act& act, const auth::Principal& principal, Timestamp now);
    RateState count_anonymous(const Act& act, const std::string& address, Timestamp now);
    Error refuse(Error error, const std::string& address, Timestamp now);

    const domain::Services& services_;
    RateLimiter rates_;
    RateLimiter strangers_; ///< by address: callers without valid credentials, at this server
};

} // namespace landfall::admission
