#pragma once
/// Tasks of workers for which a caller waits: under the limits of probes, and when it is their organization's turn.

#include "domain/context.hpp"
#include "schema/task_spec.hpp"

#include <chrono>
#include <string>

namespace landfall::domain {

/// Why a worker gave no answer, for the user. Unavailable where that says nothing about the file.
Error task_failure(jobs::TaskEnd end, Error error);
/// What a worker that reads an uploaded file may take.
jobs::SandboxLimits probe_limits(const Limits& limits);

/// Until its time is over. One thread at a time.
class AwaitedTasks {
public:
    AwaitedTasks(const Services& services, const OrganizationId& owner, std::chrono::milliseconds time)
        : services_(services), owner_(owner.str()), until_(std::chrono::steady_clock::now() + time) {}

    /// Whether its time is over: what failed since may be done later.
    bool is_late() const { return late_ || std::chrono::steady_clock::now() >= until_; }

    /// Runs one in the folder. Unavailable if its turn did not come in time, or the server stops.
    template<typename Arguments, typename Answer>
    Result<Answer> run(const schema::TaskSpec<Arguments, Answer>& task, const std::string& folder,
                       const Arguments& arguments) {
        TRY(const auto pass, enter());
        auto outcome =
            services_.launcher.run(task, folder, arguments, probe_limits(services_.settings.limits),
                                   [this](double, std::string_view) { return !services_.stopping.stop_requested(); });
        if (!outcome.answer)
            return fail(task_failure(outcome.end, std::move(outcome.answer).error()));
        return std::move(outcome.answer);
    }

private:
    Result<jobs::Gate::Pass> enter();

    const Services& services_;
    std::string owner_; ///< whose turn it is
    std::chrono::steady_clock::time_point until_;
    bool late_ = false;
};

} // namespace landfall::domain
