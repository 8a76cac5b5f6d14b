#include "admission/execution.hpp"

#include "admission/audit.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/usage.hpp"
#include "domain/transact.hpp"

#include <fmt/format.h>

namespace landfall::admission {

Status Execution::read(const std::function<Status(domain::Context&)>& work) {
    return domain::in_snapshot(call_, work);
}

Result<Answer> Execution::write(const std::function<Result<Answer>(domain::Context&)>& work) {
    auto answer = domain::transact(call_, [&](domain::Context& cx) {
        auto ran = run_once(cx, work);
        passed_ = std::move(cx.rights.passed);
        return ran;
    });
    if (!answer) {
        remember_refusal(answer.error());
        return answer;
    }
    audited_ = !replayed_;
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
    const bool may_grow = act_.side_effect != SideEffect::Destructive;
    TRY(const auto before, may_grow ? domain::measure_catalog(cx) : std::optional<catalog::CatalogUse>());
    TRY(Answer answer, work(cx));
    if (before)
        CHECK_OK(domain::check_catalog_share(cx, *before));
    if (cx.artifact_produced && !cx.provenance_written)
        return fail_internal(fmt::format("{} made an artifact without its lineage", act_.id));
    auto row = audit_row(cx, act_, services_.clock.now());
    row.targets = Json::array_of(cx.touched()).dump();
    CHECK_OK(catalog::append_audit(cx.session, row));
    if (keyed_)
        CHECK_OK(keep(cx.session, *keyed_, {answer, cx.rights.passed}));
    return answer;
}

/// Final refusals are kept under the key as well; the transaction that would have held them was rolled back.
void Execution::remember_refusal(const Error& error) {
    if (!keyed_ || !is_final(error))
        return;
    (void)services_.transactor.run([&](database::Session& session) -> Status {
        TRY(const auto stored, claim(session, *keyed_));
        if (!stored)
            CHECK_OK(keep(session, *keyed_, {fail(error), passed_}));
        return {};
    });
}

} // namespace landfall::admission
