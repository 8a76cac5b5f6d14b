#pragma once
/// One task from its order to its outcome, on the server's side.

#include "jobs/sandbox.hpp"
#include "jobs/worker_link.hpp"

namespace landfall::jobs {

/// Sends the arguments, watches progress and limits, and judges how it ended.
class TaskRun {
public:
    /// `on_progress` must outlive this.
    TaskRun(WorkerLink link, const SandboxLimits& limits, const Progress& on_progress);
    TaskOutcome<std::string> complete(std::string_view arguments);

private:
    TaskEnd watch();
    bool hear(const Frame& frame);
    bool still_wanted() const;
    TaskOutcome<std::string> conclude(TaskEnd end);
    void judge_exit(TaskOutcome<std::string>& outcome, const ExitRecord& record) const;
    Error explain(TaskEnd end) const;

    WorkerLink link_;
    SandboxLimits limits_;
    const Progress& on_progress_;
    Deadline wall_;
    Deadline stalled_ = kNoDeadline;
    Frame last_;           ///< the answer, failure or refusal
    bool hung_up_ = false; ///< the worker ended by itself
    double share_ = 0;
    std::string stage_;
};

} // namespace landfall::jobs
