#pragma once
/// One task from its order to its outcome, on the server's side.

#include "core/descriptor.hpp"
#include "jobs/file_tree.hpp"
#include "jobs/sandbox.hpp"
#include "jobs/worker_link.hpp"

#include <optional>

namespace landfall::jobs {

/// Sends the arguments, watches progress and limits, and judges how it ended.
class TaskRun {
public:
    /// `folder` is the task's, `on_progress` must outlive this.
    TaskRun(WorkerLink link, const std::string& folder, const SandboxLimits& limits, const Progress& on_progress);
    TaskOutcome<std::string> complete(std::string_view arguments);

private:
    TaskEnd watch();
    bool hear(const Frame& frame);
    /// Nothing while it may go on.
    std::optional<TaskEnd> reason_to_stop() const;
    bool still_wanted() const;
    bool fits_scratch() const;
    TaskOutcome<std::string> conclude(TaskEnd end);
    void judge_exit(TaskOutcome<std::string>& outcome, const ExitRecord& record) const;
    Error explain(TaskEnd end) const;

    WorkerLink link_;
    Descriptor folder_;
    SandboxLimits limits_;
    TreeUsage brought_; ///< what lay in the folder before
    const Progress& on_progress_;
    Deadline wall_;
    Deadline stalled_ = kNoDeadline;
    Frame last_;           ///< the answer, failure or refusal
    bool hung_up_ = false; ///< the worker ended by itself
    double share_ = 0;
    std::string stage_;
};

} // namespace landfall::jobs
