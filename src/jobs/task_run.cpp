#include "jobs/task_run.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <sys/wait.h>

namespace landfall::jobs {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{200};
constexpr std::int64_t kMostBrought = 1 << 16; ///< files of one upload that come to one worker are far fewer

Deadline after(std::chrono::milliseconds span) {
    return span.count() > 0 ? SteadyClock::now() + span : kNoDeadline;
}

bool is_final(FrameKind kind) {
    return kind == FrameKind::Answer || kind == FrameKind::Failure || kind == FrameKind::Refused;
}

} // namespace

TaskRun::TaskRun(WorkerLink link, const std::string& folder, const SandboxLimits& limits, const Progress& on_progress)
    : link_(std::move(link)), folder_(open_folder(folder)), limits_(limits),
      brought_(usage_of(folder_.get(), kMostBrought)), on_progress_(on_progress), wall_(after(limits.wall)),
      stalled_(after(limits.no_progress)) {}

TaskOutcome<std::string> TaskRun::complete(std::string_view arguments) {
    const Status sent = link_.channel().send(FrameKind::Arguments, arguments, std::min(wall_, stalled_));
    if (!sent && sent.error().code == Code::DeadlineExceeded)
        return conclude(SteadyClock::now() >= wall_ ? TaskEnd::OutOfTime : TaskEnd::Stalled);
    return conclude(watch()); // of one that is gone already, the exit record says why
}

TaskEnd TaskRun::watch() {
    for (;;) {
        Frame frame;
        const Deadline next = std::min({wall_, stalled_, SteadyClock::now() + kTick});
        const Arrival arrival = link_.channel().receive(frame, kMaxTaskAnswerBytes, next);
        hung_up_ = arrival == Arrival::Closed;
        if (arrival == Arrival::Closed || arrival == Arrival::Malformed)
            return TaskEnd::Crashed;
        if (arrival == Arrival::Frame && is_final(frame.kind)) {
            last_ = std::move(frame);
            return last_.kind == FrameKind::Refused ? TaskEnd::NotStarted : TaskEnd::Done;
        }
        if (arrival == Arrival::Frame && !hear(frame))
            return TaskEnd::Crashed;
        if (const auto end = reason_to_stop())
            return *end;
    }
}

std::optional<TaskEnd> TaskRun::reason_to_stop() const {
    if (!still_wanted())
        return TaskEnd::Canceled;
    if (!fits_scratch())
        return TaskEnd::OutOfScratch;
    if (SteadyClock::now() >= wall_)
        return TaskEnd::OutOfTime;
    if (SteadyClock::now() >= stalled_)
        return TaskEnd::Stalled;
    return std::nullopt;
}

bool TaskRun::hear(const Frame& frame) {
    if (frame.kind != FrameKind::Report || frame.bytes.size() > kMaxReportBytes)
        return false;
    const auto report = Json::parse(frame.bytes);
    if (!report)
        return false;
    const double share = (*report)["share"].as_number();
    share_ = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0;
    stage_ = clean_utf8((*report)["stage"].as_view(), kMaxStageBytes);
    stalled_ = after(limits_.no_progress);
    return true;
}

bool TaskRun::still_wanted() const {
    return !on_progress_ || on_progress_(share_, stage_);
}

/// The kernel bounds each file; here they are bounded together, between one tick and the next.
bool TaskRun::fits_scratch() const {
    const auto now = usage_of(folder_.get(), brought_.entries + limits_.scratch_entries);
    return now.bytes - brought_.bytes <= limits_.scratch_bytes &&
           now.entries - brought_.entries <= limits_.scratch_entries;
}

TaskOutcome<std::string> TaskRun::conclude(TaskEnd end) {
    TaskOutcome<std::string> outcome;
    outcome.end = end;
    const auto record = hung_up_ ? link_.wait_exit() : link_.finish();
    if (record) {
        outcome.peak_memory_bytes = record->peak_memory_bytes;
        outcome.cpu = std::chrono::milliseconds(record->cpu_microseconds / 1000);
    }
    if (end == TaskEnd::NotStarted) {
        outcome.answer = fail(cannot_start(clean_utf8(last_.bytes, 1000)));
    } else if (end == TaskEnd::Crashed && record) {
        judge_exit(outcome, *record);
    } else if (end == TaskEnd::Crashed) {
        outcome.end = TaskEnd::NotStarted;
        outcome.answer = fail(Code::Unavailable, "The worker launcher is not running; it is started again in a moment");
    } else if (end != TaskEnd::Done) {
        outcome.answer = fail(explain(end));
    } else if (last_.kind == FrameKind::Failure) {
        outcome.answer = fail(schema::checked_refusal(decode_error(last_.bytes)));
    } else {
        outcome.answer = std::move(last_.bytes);
    }
    return outcome;
}

void TaskRun::judge_exit(TaskOutcome<std::string>& outcome, const ExitRecord& record) const {
    if (auto not_started = start_failure(record)) {
        outcome.end = TaskEnd::NotStarted;
        outcome.answer = fail(*std::move(not_started));
        return;
    }
    const int signal = WIFSIGNALED(record.wait_status) ? WTERMSIG(record.wait_status) : 0;
    const bool cpu_spent = limits_.cpu.count() > 0 && outcome.cpu >= limits_.cpu;
    if (signal == SIGXCPU || (signal == SIGKILL && cpu_spent)) {
        outcome.end = TaskEnd::OutOfTime;
    } else if (auto killed = outside_kill(record)) {
        outcome.end = TaskEnd::Killed;
        outcome.answer = fail(*std::move(killed));
        return;
    } else if (WIFEXITED(record.wait_status) && WEXITSTATUS(record.wait_status) == kExitOutOfMemory) {
        outcome.end = TaskEnd::OutOfMemory;
    }
    Error error = explain(outcome.end);
    if (outcome.end == TaskEnd::Crashed)
        error.cause = describe(record);
    outcome.answer = fail(std::move(error));
}

Error TaskRun::explain(TaskEnd end) const {
    switch (end) {
    case TaskEnd::OutOfMemory:
        return {Code::InvalidArgument,
                fmt::format("Reading this file needs more memory than the {} MiB a worker may use",
                            limits_.memory_bytes >> 20)};
    case TaskEnd::OutOfScratch:
        return {Code::InvalidArgument,
                fmt::format("The work on this file wrote more than the {} MiB or {} files that a worker may",
                            limits_.scratch_bytes >> 20, limits_.scratch_entries)};
    case TaskEnd::OutOfTime:
        return {
            Code::DeadlineExceeded,
            fmt::format("The work on this file took longer than the {} s of computing or {} s in all that it may take",
                        limits_.cpu.count(), std::chrono::ceil<std::chrono::seconds>(limits_.wall).count())};
    case TaskEnd::Stalled:
        return {Code::DeadlineExceeded,
                fmt::format("The work on this file made no progress for {} s",
                            std::chrono::ceil<std::chrono::seconds>(limits_.no_progress).count())};
    case TaskEnd::Canceled:
        return {Code::Canceled, "The work was canceled"};
    default:
        return {Code::Internal, "The worker crashed on this file; it may be damaged"};
    }
}

} // namespace landfall::jobs
