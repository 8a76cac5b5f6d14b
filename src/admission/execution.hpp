#pragma once
/// One running call: gives its work a snapshot or the one transaction, and surrounds a write with idempotency, the
/// check that lineage was recorded, and the audit row.

#include "admission/act.hpp"
#include "admission/answer.hpp"
#include "admission/idempotency.hpp"
#include "admission/schemes.hpp"
#include "domain/context.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::admission {

class Execution {
public:
    Execution(const domain::Services& services, const Act& act, domain::Call& call, std::string_view credential)
        : services_(services), act_(act), call_(call), credential_(credential) {}

    domain::Call& call() { return call_; }
    /// What the caller showed, so that an answer that holds a secret is kept for this credential only.
    std::string_view credential() const { return credential_; }
    /// The answer of the write will be kept under the key, and a repeat is answered from there.
    void use_key(KeyedCall keyed) { keyed_ = std::move(keyed); }

    /// Runs `work` in a snapshot.
    Status read(const std::function<Status(domain::Context&)>& work);
    /// Runs `work` in one transaction that also holds the idempotency record and the audit row. It may run more than
    /// once. A repeat under a key gets what the first call got if it passes the same checks of the caller's rights.
    Result<Answer> write(const std::function<Result<Answer>(domain::Context&)>& work);

    /// What the caller should know of a call that is no refusal: sentences, told beside whatever it answers.
    void warn(std::vector<std::string> sentences) { warnings_ = std::move(sentences); }
    const std::vector<std::string>& warnings() const { return warnings_; }

    bool replayed() const { return replayed_; } ///< answered from the idempotency record
    bool audited() const { return audited_; }   ///< the audit row was committed with the write

private:
    Result<Answer> run_once(domain::Context& cx, const std::function<Result<Answer>(domain::Context&)>& work);
    Result<std::optional<Answer>> replay(domain::Context& cx);
    void remember_refusal(const Error& error);

    const domain::Services& services_;
    const Act& act_;
    domain::Call& call_;
    std::string_view credential_;
    std::optional<KeyedCall> keyed_;
    std::optional<Error> replayed_failure_;
    std::vector<domain::PassedCheck> passed_; ///< of the last run
    std::vector<std::string> warnings_;
    bool replayed_ = false;
    bool audited_ = false;
};

} // namespace landfall::admission
