#include "jobs/worker_loop.hpp"

#include "core/ids.hpp"
#include "core/mutex.hpp"
#include "core/text.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <map>
#include <thread>

namespace landfall::jobs {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Steady = SteadyClock::time_point;

constexpr int kWriteAttempts = 3;
constexpr std::chrono::milliseconds kWritePause{200};

/// Whether another attempt could end otherwise.
bool may_pass_later(Code code) {
    switch (code) {
    case Code::Internal:
    case Code::Unavailable:
    case Code::DeadlineExceeded:
    case Code::ResourceExhausted:
    case Code::Canceled:
        return true;
    default:
        return false;
    }
}

/// What the log says of a failure: never nothing.
const std::string& why(const Error& error) {
    return error.cause.empty() ? error.message : error.cause;
}

/// A job that runs, and when it was last heard of.
struct Run {
    std::shared_ptr<JobContext> context; // shared by its worker and the heartbeat
    Steady beaten;
    Steady lease_ends;
};

} // namespace

struct WorkerLoop::Impl {
    Impl(const Queue& q, const Clock& c, std::vector<JobHandler> h, WorkerLoopOptions o)
        : database(q.database), transactor(q.transactor), clock(c), handlers(std::move(h)), options(std::move(o)),
          owner("loop_" + to_hex(random_bytes(8))) {
        for (const JobHandler& handler : handlers)
            kinds.push_back(handler.kind);
    }

    void work();
    bool await_turn();
    std::shared_ptr<JobContext> lease();
    void run(const std::shared_ptr<JobContext>& context);
    Result<Json> attempt(JobContext& context) const;
    std::string conclude(JobContext& context, const Result<Json>& result);
    Result<bool> give_back(const JobContext& context);
    Result<std::string> record_failure(const JobContext& context, const Error& error);
    Status give_up(catalog::Transaction& transaction, const catalog::JobRow& job, const Error& error) const;
    template<typename Work>
    auto persist(Work work) -> std::invoke_result_t<Work, catalog::Transaction&>;

    void beat();
    void beat_all() EXCLUDES(mutex);
    void beat_one(Run& run) EXCLUDES(mutex);
    void expire_leases();
    void expire(const JobId& id);
    void count(const std::string& kind, const std::string& state, SteadyClock::duration spent) EXCLUDES(mutex);
    void found_work() EXCLUDES(mutex);
    void found_nothing(std::optional<Timestamp> next_due) EXCLUDES(mutex);
    const JobHandler* handler_of(std::string_view kind) const;

    const database::Database& database;
    const catalog::Transactor& transactor;
    const Clock& clock;
    const std::vector<JobHandler> handlers;
    const WorkerLoopOptions options;
    const std::string owner;
    std::vector<std::string> kinds;

    mutable Mutex mutex;
    Condition turn;  ///< for workers
    Condition pulse; ///< for the heartbeat
    Condition ended; ///< for stop()
    bool draining GUARDED_BY(mutex) = false;
    bool heart_stops GUARDED_BY(mutex) = false;
    Steady next_poll GUARDED_BY(mutex){};
    std::chrono::milliseconds backoff GUARDED_BY(mutex){};
    std::uint64_t wakes GUARDED_BY(mutex) = 0; ///< so that a wake during a poll is not lost
    std::uint64_t polled_wakes GUARDED_BY(mutex) = 0;
    std::uint64_t leases GUARDED_BY(mutex) = 0;
    std::vector<Run> runs GUARDED_BY(mutex);
    std::map<std::pair<std::string, std::string>, Tally> tallies GUARDED_BY(mutex); ///< by kind and state
    std::vector<std::thread> workers;
    std::thread heart;
};

template<typename Work>
auto WorkerLoop::Impl::persist(Work work) -> std::invoke_result_t<Work, catalog::Transaction&> {
    for (int tries = 1;; ++tries) {
        auto result = transactor.run_for(work);
        if (result || result.error().code != Code::Unavailable || tries == kWriteAttempts)
            return result;
        std::this_thread::sleep_for(kWritePause * tries);
    }
}

const JobHandler* WorkerLoop::Impl::handler_of(std::string_view kind) const {
    for (const JobHandler& handler : handlers)
        if (handler.kind == kind)
            return &handler;
    return nullptr;
}

void WorkerLoop::Impl::work() {
    while (await_turn())
        if (auto context = lease())
            run(context);
}

/// Waits until it is this worker's turn to look into the queue; false when draining. While one looks the others wait,
/// so that an idle server asks once a period however many workers it has.
bool WorkerLoop::Impl::await_turn() {
    const Lock lock(mutex);
    while (!draining && SteadyClock::now() < next_poll)
        turn.wait_until(mutex, next_poll);
    polled_wakes = wakes;
    next_poll = SteadyClock::now() + options.slowest_poll;
    return !draining;
}

void WorkerLoop::Impl::found_work() {
    const Lock lock(mutex);
    backoff = options.first_poll;
    next_poll = {};
    turn.notify_one();
}

void WorkerLoop::Impl::found_nothing(std::optional<Timestamp> next_due) {
    const Lock lock(mutex);
    backoff = std::min(std::max(backoff * 2, options.first_poll), options.slowest_poll);
    auto pause = backoff;
    const Timestamp now = clock.now();
    if (next_due && *next_due > now)
        pause = std::min(pause, std::chrono::ceil<std::chrono::milliseconds>(*next_due - now));
    next_poll = wakes != polled_wakes ? Steady{} : SteadyClock::now() + pause;
    turn.notify_one();
}

std::shared_ptr<JobContext> WorkerLoop::Impl::lease() {
    // A read first: on SQLite it costs nothing, while every write passes the one writer.
    const auto due =
        database.read_for([this](database::Session& session) { return catalog::next_job_due(session, kinds); });
    const Timestamp now = clock.now();
    // Whoever can run nothing must not use up the attempts of every job.
    const bool able = !options.able || options.able();
    if (!able || !due || !*due || **due > now) {
        found_nothing(due ? *due : std::nullopt);
        return nullptr;
    }
    std::string name;
    {
        const Lock lock(mutex);
        name = owner + "_" + std::to_string(++leases); // one a run: a late handler cannot end its successor's run
    }
    const Steady lease_ends = SteadyClock::now() + options.lease;
    auto leased = transactor.run_for([&](database::Session& session) {
        return catalog::lease_next_job(session, {name, kinds, now, now + options.lease});
    });
    if (!leased || !*leased) {
        if (!leased)
            spdlog::warn("jobs: cannot lease: {} ({})", leased.error().message, leased.error().cause);
        found_nothing(std::nullopt);
        return nullptr;
    }
    auto context = std::make_shared<JobContext>(std::move(**leased), std::move(name), clock);
    {
        const Lock lock(mutex);
        runs.push_back({context, SteadyClock::now(), lease_ends});
        if (draining)
            context->stop(JobContext::Stop::Draining);
    }
    found_work();
    return context;
}

void WorkerLoop::Impl::run(const std::shared_ptr<JobContext>& context) {
    const Steady started = SteadyClock::now();
    const Result<Json> result = attempt(*context);
    const std::string state = conclude(*context, result);
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - started);
    std::string cause; // may quote a hostile file: as JSON it stays on its line
    append_json_string(cause, result ? "" : why(result.error()));
    count(context->job().kind, state, SteadyClock::now() - started);
    spdlog::info("job id={} kind={} attempt={} state={} ms={} code={} cause={}", context->job().id.str(),
                 context->job().kind, context->job().attempts, state, spent.count(),
                 result ? "ok" : code_name(result.error().code), cause);
    const Lock lock(mutex);
    std::erase_if(runs, [&](const Run& run) { return run.context == context; });
    ended.notify_all();
}

Result<Json> WorkerLoop::Impl::attempt(JobContext& context) const {
    const JobHandler* handler = handler_of(context.job().kind);
    if (handler == nullptr)
        return fail_internal("no handler for " + context.job().kind);
    if (context.should_stop())
        return fail(Code::Canceled, "The job was stopped");
    try {
        auto result = handler->run(context);
        if (result && !context.is_finished() && result->dump().size() > catalog::kMaxJobText)
            return fail_internal("the result of a job does not fit its row: give the job a blob instead");
        return result;
    } catch (const std::exception& error) {
        return fail_internal(std::string("exception in a job: ") + error.what());
    }
}

void WorkerLoop::Impl::count(const std::string& kind, const std::string& state, SteadyClock::duration spent) {
    const Lock lock(mutex);
    Tally& tally = tallies[{kind, state}];
    tally.kind = kind;
    tally.state = state;
    tally.runs += 1;
    tally.seconds += std::chrono::duration<double>(spent).count();
}

/// Writes down how a run ended; gives the job's state for the log.
std::string WorkerLoop::Impl::conclude(JobContext& context, const Result<Json>& result) {
    if (result && context.is_finished())
        return "completed";
    if (context.stopped() == JobContext::Stop::Lost)
        return "lost";
    Result<std::string> state = "completed";
    if (result) {
        const auto ours =
            persist([&](catalog::Transaction& transaction) { return context.finish(transaction, *result); });
        state = ours || ours.error().code != Code::Conflict ? ours.map([] { return std::string("completed"); })
                                                            : Result<std::string>("lost");
    } else if (context.stopped() == JobContext::Stop::Draining) {
        state = give_back(context).map([](bool yes) { return std::string(yes ? "returned" : "lost"); });
    } else {
        state = record_failure(context, result.error());
    }
    if (state)
        return *state;
    // The lease runs out by itself, and the job is tried again.
    spdlog::error("jobs: cannot write the end of {}: {} ({})", context.job().id.str(), state.error().message,
                  state.error().cause);
    return "unrecorded";
}

Result<bool> WorkerLoop::Impl::give_back(const JobContext& context) {
    return persist([&](database::Session& session) {
        return catalog::return_job(session, context.job().id, context.owner(), clock.now());
    });
}

Result<std::string> WorkerLoop::Impl::record_failure(const JobContext& context, const Error& error) {
    const auto retry = may_pass_later(error.code) ? catalog::JobRetry::Allowed : catalog::JobRetry::Never;
    const catalog::JobFailure failure{context.job().id, context.owner(), error.message, clock.now(), retry};
    return persist([&](catalog::Transaction& transaction) -> Result<std::string> {
        TRY(const auto state, catalog::fail_job(transaction, failure));
        if (!state)
            return "lost";
        if (*state != catalog::JobState::Pending)
            CHECK_OK(give_up(transaction, context.job(), error));
        return std::string(schema::enum_text(*state));
    });
}

/// In the transaction that ended the job for good.
Status WorkerLoop::Impl::give_up(catalog::Transaction& transaction, const catalog::JobRow& job,
                                 const Error& error) const {
    CHECK_OK(tell_end(transaction, job, catalog::event::kJobFailed, clock.now()));
    const JobHandler* handler = handler_of(job.kind);
    return handler != nullptr && handler->give_up ? handler->give_up(transaction, job, error) : Status();
}

void WorkerLoop::Impl::beat() {
    const auto step = std::min(options.heartbeat, options.report);
    Steady next_requeue{};
    const Lock lock(mutex);
    while (!heart_stops) {
        {
            const Unlock meanwhile(mutex);
            beat_all();
            if (SteadyClock::now() >= next_requeue) {
                expire_leases();
                next_requeue = SteadyClock::now() + options.lease / 2;
            }
        }
        const Steady next_beat = SteadyClock::now() + step;
        while (!heart_stops && pulse.wait_until(mutex, next_beat))
            continue;
    }
}

void WorkerLoop::Impl::beat_all() {
    std::vector<Run> due;
    {
        const Lock lock(mutex);
        due = runs;
    }
    for (Run& run : due) {
        const auto silent = SteadyClock::now() - run.beaten;
        if (run.context->stopped() == JobContext::Stop::Lost)
            continue;
        if (silent >= options.heartbeat || (silent >= options.report && run.context->has_news()))
            beat_one(run);
    }
}

void WorkerLoop::Impl::beat_one(Run& run) {
    JobContext& context = *run.context;
    const auto noted = context.take_noted();
    const Timestamp now = clock.now();
    const Steady asked = SteadyClock::now();
    const auto ours = transactor.run_for([&](database::Session& session) {
        return catalog::heartbeat_job(
            session, {context.job().id, context.owner(), noted.share, noted.stage, now, now + options.lease});
    });
    if (!ours)
        spdlog::warn("jobs: no heartbeat for {}: {} ({})", context.job().id.str(), ours.error().message,
                     ours.error().cause);
    // Without heartbeats another server takes the job when its lease ends; two must not work on it.
    if ((ours && !*ours) || (!ours && SteadyClock::now() >= run.lease_ends))
        context.stop(JobContext::Stop::Lost);
    if (!ours || !*ours)
        return;
    const Lock lock(mutex);
    for (Run& live : runs)
        if (live.context == run.context) {
            live.beaten = asked;
            live.lease_ends = asked + options.lease;
        }
}

/// Of the kinds that this server can run and give up; another server knows the others.
void WorkerLoop::Impl::expire_leases() {
    const auto expired = database.read_for(
        [&](database::Session& session) { return catalog::list_expired_jobs(session, kinds, clock.now()); });
    if (!expired)
        spdlog::warn("jobs: cannot look for expired leases: {} ({})", expired.error().message, expired.error().cause);
    else
        for (const JobId& id : *expired)
            expire(id);
}

/// One transaction a job, so that one that cannot be given up holds no other back.
void WorkerLoop::Impl::expire(const JobId& id) {
    const auto job =
        transactor.run_for([&](catalog::Transaction& transaction) -> Result<std::optional<catalog::JobRow>> {
            TRY(auto row, catalog::expire_job(transaction, id, clock.now()));
            if (row && row->state == catalog::JobState::Dead)
                CHECK_OK(give_up(transaction, *row, Error(Code::Unavailable, row->error_message.value_or(""))));
            return row;
        });
    if (!job)
        spdlog::warn("jobs: cannot end the lease of {}: {} ({})", id.str(), job.error().message, job.error().cause);
    else if (*job)
        spdlog::info("job id={} kind={} attempt={} state={} of a server that stopped answering", id.str(), (*job)->kind,
                     (*job)->attempts, schema::enum_text((*job)->state));
}

WorkerLoop::WorkerLoop(const Queue& queue, const Clock& clock, std::vector<JobHandler> handlers,
                       WorkerLoopOptions options)
    : impl_(std::make_unique<Impl>(queue, clock, std::move(handlers), std::move(options))) {}

WorkerLoop::~WorkerLoop() {
    stop();
    for (std::thread& worker : impl_->workers)
        worker.join();
}

void WorkerLoop::start() {
    for (int i = 0; i < impl_->options.workers; ++i)
        impl_->workers.emplace_back([this] { impl_->work(); });
    impl_->heart = std::thread([this] { impl_->beat(); });
}

std::vector<WorkerLoop::Tally> WorkerLoop::tallies() const {
    std::vector<Tally> all;
    const Lock lock(impl_->mutex);
    for (const auto& [what, tally] : impl_->tallies)
        all.push_back(tally);
    return all;
}

int WorkerLoop::workers() const {
    return impl_->options.workers;
}

std::size_t WorkerLoop::running() const {
    const Lock lock(impl_->mutex);
    return impl_->runs.size();
}

void WorkerLoop::wake() {
    const Lock lock(impl_->mutex);
    ++impl_->wakes;
    impl_->backoff = {};
    impl_->next_poll = {};
    impl_->turn.notify_one();
}

void WorkerLoop::stop() {
    std::vector<Run> left;
    {
        const Lock lock(impl_->mutex);
        impl_->draining = true;
        impl_->heart_stops = true;
        for (const Run& run : impl_->runs)
            run.context->stop(JobContext::Stop::Draining);
        impl_->turn.notify_all();
        impl_->pulse.notify_all();
        const Steady drained_by = SteadyClock::now() + impl_->options.drain;
        while (!impl_->runs.empty() && impl_->ended.wait_until(impl_->mutex, drained_by))
            continue;
        left = impl_->runs;
    }
    for (const Run& run : left) {
        (void)impl_->give_back(*run.context); // if it fails, the lease runs out
        run.context->stop(JobContext::Stop::Lost);
    }
    if (impl_->heart.joinable())
        impl_->heart.join();
}

} // namespace landfall::jobs
