#include "admission/pipeline.hpp"

#include "admission/audit.hpp"
#include "domain/ledger/journal.hpp"

#include <fmt/format.h>

#include <exception>

namespace landfall::admission {
namespace {

Result<Answer> run_caught(const Act& act, Execution& execution, const Pipeline::Work& work) {
    // One of the two places that may catch everything: an exception here is a bug or a lack of memory.
    try {
        return work(execution);
    } catch (const std::exception& bug) {
        return fail_internal(fmt::format("{} threw: {}", act.id, bug.what()));
    }
}

void leave_out_what_is_known(Answer& answer, const Preconditions& preconditions) {
    if (answer.etag.empty() || !preconditions.has(answer.etag))
        return;
    answer.status = 304;
    answer.bytes.clear();
}

} // namespace

Outcome Pipeline::run(const Act& act, const Request& request, const Work& work) {
    const Timestamp now = services_.clock.now();
    const Admitted admitted = admission_.admit(act, request, now);
    domain::Call call{services_,
                      admitted.caller.principal,
                      now,
                      request.request_id,
                      request.remote_address,
                      request.user_agent,
                      request.preconditions,
                      request.client_request_id,
                      request.origin,
                      request.repeats};
    Execution execution(services_, act, call, admitted.caller.credential);
    Outcome outcome{admitted.refusal ? Result<Answer>(fail(*admitted.refusal)) : run_caught(act, execution, work),
                    admitted.rate, call.principal.id, execution.replayed(), execution.warnings()};
    if (outcome.answer && act.side_effect == SideEffect::Read)
        leave_out_what_is_known(*outcome.answer, call.preconditions);
    if (!execution.audited() && admission_.is_worth_a_record(call)) {
        auto row = audit_row(call, act, services_.clock.now());
        if (!outcome.answer)
            row.outcome = code_name(outcome.answer.error().code);
        services_.journal.audit(std::move(row));
    }
    return outcome;
}

std::optional<Outcome> Pipeline::turn_away(const Act& act, const Request& request) {
    if (Admission::is_anonymous(act, request) || identify(services_, request.credentials, services_.clock.now()))
        return std::nullopt;
    return run(act, request, [](Execution&) -> Result<Answer> {
        return fail(Code::Aborted, "The credentials changed a moment ago; send the call again");
    });
}

} // namespace landfall::admission
