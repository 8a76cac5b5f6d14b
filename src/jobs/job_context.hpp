#pragma once
/// One run of one durable job, as its handler sees it.

#include "catalog/ledger/outbox.hpp"
#include "catalog/transaction.hpp"
#include "catalog/work/job.hpp"
#include "catalog/work/job_link.hpp"
#include "core/mutex.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "jobs/sandbox.hpp"
#include "schema/json.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

namespace landfall::jobs {

/// What a job's row says of a blob.
struct BlobFacts {
    std::string key;
    std::int64_t size = 0;
    std::string sha256; ///< hexadecimal
};

/// What a handler works with. Thread-safe; lives as long as the handler runs.
class JobContext {
public:
    JobContext(catalog::JobRow job, std::string owner, const Clock& clock);

    const catalog::JobRow& job() const { return job_; }
    /// Whether the job was cancelled, taken by another server, or has to make way for a shutdown. The handler should
    /// return soon, with any error.
    bool should_stop() const { return stop_ != Stop::None; }
    /// Notes progress, 0..1 and a stage name; it reaches the database within a second or two. False: should_stop().
    bool report(double share, std::string_view stage);
    /// `report` mapped onto a part of the whole, e.g. for Launcher::run; it also stops the task when the job must stop.
    Progress progress(double from = 0, double to = 1);
    /// Completes the job inside the handler's own transaction, together with what it made. Conflict if the job is no
    /// longer ours: return that, so that the transaction is rolled back.
    template<typename Outcome>
    Status finish(catalog::Transaction& transaction, const Outcome& result) {
        return finish_text(transaction, schema::to_json_text(result));
    }

    /// Writes down what the job made, in the transaction that made it.
    Status link_output(database::Session& session, const catalog::Entity& made) const;
    /// The blob that the job was given under a name. NotFound if there is none.
    Result<catalog::JobBlobRow> input_blob(database::Session& session, std::string_view name) const;
    /// Gives the job a durable blob as part of its result. Its writer must be held until the commit.
    Status add_output_blob(database::Session& session, std::string_view name, const BlobFacts& blob) const;

    /// For the worker loop.
    enum class Stop { None, Draining, Lost };
    void stop(Stop why);
    Stop stopped() const { return stop_; }
    bool is_finished() const { return finished_; }
    const std::string& owner() const { return owner_; }
    struct Noted {
        double share = 0;
        std::string stage;
    };
    bool has_news() const; ///< since the last take_noted()
    Noted take_noted();

private:
    Status finish_text(catalog::Transaction& transaction, std::string_view result);

    const catalog::JobRow job_;
    const std::string owner_;
    const Clock& clock_;
    std::atomic<Stop> stop_ = Stop::None;
    std::atomic<bool> finished_ = false;
    mutable Mutex mutex_;
    Noted noted_ GUARDED_BY(mutex_);
    bool is_news_ GUARDED_BY(mutex_) = false;
};

/// Tells that a job ended, unless it is hidden. `type`: catalog::event::kJobCompleted or kJobFailed.
Status tell_end(catalog::Transaction& transaction, const catalog::JobRow& job, std::string_view type, Timestamp at);

/// How jobs of one kind are done, without their types: see domain/work/job_kind.hpp.
struct JobHandler {
    std::string kind;
    /// Does the job; its result is stored, unless it called JobContext::finish. Failures the caller can mend
    /// (InvalidArgument, NotFound, …) are final; others are tried again later while attempts remain. It may run twice
    /// for one job, so it must make the same result once.
    std::function<Result<Json>(JobContext&)> run;
    /// Optional: runs in the transaction that gives the job up for good (failed, or dead after its last attempt, also
    /// one whose server died), e.g. to release what it reserved. Not for cancelled jobs. If it fails, nothing of that
    /// transaction is kept, and the job stays as it was: it is tried again when its lease runs out.
    std::function<Status(catalog::Transaction&, const catalog::JobRow&, const Error&)> give_up;
};

} // namespace landfall::jobs
