#include "admission/execution.hpp"

#include "admission/audit.hpp"
#include "domain/tenancy/access.hpp"

#include <fmt/format.h>

namespace landfall::admission {

Status Execution::read(const std::function<Status(domain::Context&)>& work) {
    return services_.database.read([&](database::Session& session) {
        domain::Context cx(call_, session);
        return work(cx);
    });
}

Result<Answer> Execution::write(const std::function<Result<Answer>(domain::Context&)>& work) {
    Answer answer;
    std::vector<std::string> released;
    bool wake = false;
    const Status done = services_.database.write([&](database::Session& session) -> Status {
        domain::Context cx(call_, session);
        auto ran = run_once(cx, work);
        passed_ = std::move(cx.rights.passed);
        if (!ran)
            return fail(std::move(ran).error());
        answer = *std::move(ran);
        released = std::move(cx.released_blobs);
        wake = cx.jobs_enqueued;
        return {};
    });
    if (!done) {
        remember_refusal(done.error());
        return fail(done.error());
    }
    audited_ = !replayed_;
    for (const auto& blob : released)
        (void)services_.store.remove(blob); // what stays behind is an orphan, which the sweeper removes
    if (wake && services_.wake_jobs)
        services_.wake_jobs();
    if (replayed_failure_)
        return fail(*replayed_failure_);
    return answer;
}

Result<std::optional<Answer>> Execution::replay(domain::Context& cx) {
    TRY(auto stored, claim(cx.session, *keyed_));
    if (!stored)
        return std::optional<Answer>();
    CHECK_OK(domain::repeat_checks(cx, stored->passed));
    replayed_ = true;
    if (stored->answer)
        return *std::move(stored->answer);
    replayed_failure_ = stored->answer.error();
    return Answer();
}

Result<Answer> Execution::run_once(domain::Context& cx, const std::function<Result<Answer>(domain::Context&)>& work) {
    replayed_ = false;
    replayed_failure_.reset();
    if (keyed_) {
        TRY(auto replayed, replay(cx));
        if (replayed)
            return *std::move(replayed);
    }
    cx.rights.keep_passed = keyed_.has_value();
    TRY(Answer answer, work(cx));
    if (cx.artifact_produced && !cx.provenance_written)
        return fail_internal(fmt::format("{} made an artifact without its lineage", act_.id));
    auto row = audit_row(call_, act_, services_.clock.now());
    row.targets = Json::array_of(cx.targets).dump();
    CHECK_OK(catalog::append_audit(cx.session, {row}));
    if (keyed_)
        CHECK_OK(keep(cx.session, *keyed_, {answer, cx.rights.passed}));
    return answer;
}

/// Final refusals are kept under the key as well; the transaction that would have held them was rolled back.
void Execution::remember_refusal(const Error& error) {
    if (!keyed_ || !is_final(error))
        return;
    (void)services_.database.write([&](database::Session& session) -> Status {
        TRY(const auto stored, claim(session, *keyed_));
        if (!stored)
            CHECK_OK(keep(session, *keyed_, {fail(error), passed_}));
        return {};
    });
}

} // namespace landfall::admission
