#pragma once
/// The one way from a face to a rule: admission, execution, audit. Every face runs its calls here, with operations or
/// without. Contract: geopera.md section 4.

#include "admission/act.hpp"
#include "admission/admission.hpp"
#include "admission/answer.hpp"
#include "admission/execution.hpp"
#include "admission/request.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace landfall::admission {

/// What became of a call.
struct Outcome {
    Result<Answer> answer;
    std::optional<RateState> rate; ///< present once the caller is known
    std::string principal;         ///< id, for the access log
    bool replayed = false;         ///< answered from the idempotency record
    std::vector<std::string> warnings{};
};

/// Thread-safe. One a server.
class Pipeline {
public:
    using Work = std::function<Result<Answer>(Execution&)>;

    explicit Pipeline(const domain::Services& services) : services_(services), admission_(services) {}

    /// Runs `work` if the call is let in. An answer of a read whose entity tag the caller has becomes 304.
    Outcome run(const Act& act, const Request& request, const Work& work);

    /// The refusal of a call whose caller is nobody, before its content is read; nothing for others, who may still be
    /// refused when they run.
    std::optional<Outcome> turn_away(const Act& act, const Request& request);

private:
    const domain::Services& services_;
    Admission admission_;
};

} // namespace landfall::admission
