#pragma once
/// The server's hold on one worker.

#include "jobs/channel.hpp"
#include "jobs/wire.hpp"

#include <optional>

namespace landfall::jobs {

/// A running worker: its channel, and the socket on which the launcher reports its end. Dropping it kills the worker.
/// Not thread-safe.
class WorkerLink {
public:
    /// Orders a worker from the launcher behind `control`. Unavailable if the launcher is gone.
    static Result<WorkerLink> open(const Descriptor& control, const SpawnOrder& order);

    Channel& channel() { return channel_; }
    /// Whether it lives and has nothing to say, as an idle service worker should.
    bool is_quiet() const;
    /// Kills the worker, if it still runs, and waits for the launcher's record. Nothing if the launcher is gone.
    std::optional<ExitRecord> finish();
    /// Waits for the record of a worker that closed its channel; kills it if it lingers.
    std::optional<ExitRecord> wait_exit();

private:
    std::optional<ExitRecord> read_record(Deadline deadline);

    Channel channel_;
    Descriptor status_;
};

/// How a worker ended, for the log: "signal 11".
std::string describe(const ExitRecord& record);

/// Unavailable if no work was begun, whatever the file is: no worker could be forked, or it ended before it was
/// confined. Nothing if it ran.
std::optional<Error> start_failure(const ExitRecord& record);
/// Unavailable, for the same reason. `cause` tells who runs the server what was refused.
Error cannot_start(std::string cause);
/// Unavailable if neither we nor its file ended it: the kernel, most likely, whose memory ran out.
std::optional<Error> outside_kill(const ExitRecord& record);

} // namespace landfall::jobs
