#pragma once
/// A transfer of files as the person at the terminal sees it, and the flags that say how it goes.

#include "cli/client.hpp"
#include "cli/command_line.hpp"
#include "cli/transfer/progress.hpp"
#include "cli/transfer/transfer.hpp"
#include "core/mutex.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace landfall::cli {

/// What `--parallel`, `--part-size` and `--limit-rate` say.
struct Pacing {
    int parallel = 4;
    std::optional<std::int64_t> part_size;  ///< bytes
    std::optional<std::int64_t> limit_rate; ///< bytes a second
};
/// InvalidArgument with a sentence for what none of them can be.
Result<Pacing> pacing_of(const Invocation& invocation);

/// Sends the files of a plan and shows how far it is: a line with speed and time left on a terminal, else a line for
/// each file that has arrived; and why it waits, while it does.
class ShownTransfer {
public:
    ShownTransfer(const Surroundings& surroundings, std::vector<LocalFile> files, const Pacing& pacing);

    /// To be filled in: what is to be sent where.
    TransferPlan& plan() { return plan_; }
    const std::vector<LocalFile>& files() const { return plan_.files; }
    /// A file that was there already.
    void skip(const LocalFile& file);
    /// Calls until the call succeeds or fails for good, telling of each wait.
    template<typename T>
    Result<T> repeated(const std::function<Result<T>()>& call) const {
        return with_retries<T>(told_, plan_.interrupted, call);
    }
    /// Bytes of the files that count as read or sent.
    Meter& meter() { return meter_; }
    /// Draws how far it is.
    void draw();
    /// Removes what was drawn, so that another text can stand there.
    void clear() { line_.clear(); }
    /// Sends what the plan says is to be sent; `tick` is called a few times a second.
    Status send(const std::function<void()>& tick = {});

private:
    std::optional<std::string> take_note();

    const Terminal& terminal_;
    RetryPolicy told_; ///< tells of waits at once
    TransferPlan plan_;
    const std::int64_t total_; ///< bytes
    Meter meter_;
    ProgressLine line_;
    std::size_t arrived_ = 0;
    Mutex mutex_;
    std::optional<std::string> waiting_ GUARDED_BY(mutex_); ///< what a sender waits for
};

} // namespace landfall::cli
