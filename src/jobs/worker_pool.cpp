#include "core/mutex.hpp"
#include "core/text.hpp"
#include "jobs/gate.hpp"
#include "jobs/launcher.hpp"

#include <algorithm>
#include <iterator>
#include <thread>

namespace landfall::jobs {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstBackoff{50};
constexpr std::size_t kMaxRefusalBytes = 1000;
constexpr int kMostDoublings = 6; // 3.2 s
constexpr int kReserve = 1;       ///< workers more, for owners that have none at work

tl::unexpected<Error> busy(Error error) {
    error.retry_after_seconds = 1;
    return fail(std::move(error));
}

tl::unexpected<Error> busy(std::string message) {
    return busy(Error(Code::Unavailable, std::move(message)));
}

} // namespace

struct WorkerPool::Impl {
    Impl(Launcher& l, std::string s, int most, SandboxLimits li)
        : launcher(l), service(std::move(s)), limits(li), workers(std::max(1, most)), gate(workers, kReserve) {}

    /// A worker and the only owner whom it ever served: what one's file made of it must not meet another's.
    struct Worker {
        std::string owner;
        WorkerLink link;
        SteadyClock::time_point used{};
    };

    /// Counts a call while it lives.
    class Under {
    public:
        explicit Under(Impl& pool) : pool_(pool) {
            const Lock lock(pool_.mutex);
            ++pool_.out;
        }
        ~Under() {
            const Lock lock(pool_.mutex);
            --pool_.out;
        }
        Under(const Under&) = delete;
        Under& operator=(const Under&) = delete;

    private:
        Impl& pool_;
    };

    std::optional<Worker> pop_idle(std::string_view owner);
    void make_room();
    Result<Worker> take(std::string_view owner, Deadline deadline);
    Result<std::string> exchange(Worker worker, const std::string& request, std::span<const int> descriptors,
                                 Deadline deadline);
    tl::unexpected<Error> lost(WorkerLink& link, Arrival arrival);
    tl::unexpected<Error> failed_as(TaskEnd end, Error error);
    void keep(Worker worker);
    Result<Deadline> next_start(Deadline deadline);

    Launcher& launcher;
    std::string service;
    SandboxLimits limits;
    int workers;
    Gate gate; ///< one place a worker

    Mutex mutex;
    std::vector<Worker> idle GUARDED_BY(mutex); ///< the most recently used last
    int out GUARDED_BY(mutex) = 0;              ///< calls under way, each with a worker of its own
    int crashes GUARDED_BY(mutex) = 0;          ///< since the last answer
    Deadline not_before GUARDED_BY(mutex){};    ///< of the next start
};

Result<Deadline> WorkerPool::Impl::next_start(Deadline deadline) {
    const Lock lock(mutex);
    if (not_before > deadline)
        return busy("The workers keep failing; try again in a few seconds");
    return not_before;
}

std::optional<WorkerPool::Impl::Worker> WorkerPool::Impl::pop_idle(std::string_view owner) {
    const Lock lock(mutex);
    const auto found =
        std::find_if(idle.rbegin(), idle.rend(), [&](const Worker& worker) { return worker.owner == owner; });
    if (found == idle.rend())
        return std::nullopt;
    std::optional<Worker> worker(std::move(*found));
    idle.erase(std::next(found).base());
    return worker;
}

/// Ends those that were idle longest until one more may be started.
void WorkerPool::Impl::make_room() {
    std::vector<Worker> ended; // after the lock is let go of
    const Lock lock(mutex);
    while (!idle.empty() && static_cast<int>(idle.size()) + out > workers + kReserve) {
        ended.push_back(std::move(idle.front()));
        idle.erase(idle.begin());
    }
}

Result<WorkerPool::Impl::Worker> WorkerPool::Impl::take(std::string_view owner, Deadline deadline) {
    for (auto worker = pop_idle(owner); worker; worker = pop_idle(owner))
        if (worker->link.is_quiet()) // one that died while it was idle is no fault of this request
            return *std::move(worker);
    make_room();
    // A service that dies at once must not turn every call into a fork.
    TRY(const Deadline start, next_start(deadline));
    std::this_thread::sleep_until(start);
    TRY(auto link, WorkerLink::open(*launcher.impl().order_socket(), {WorkerKind::ForService, service, {}, limits}));
    return Worker{std::string(owner), std::move(link), {}};
}

void WorkerPool::Impl::keep(Worker worker) {
    const Lock lock(mutex);
    crashes = 0;
    worker.used = SteadyClock::now();
    idle.push_back(std::move(worker));
}

/// Counts how a request ended that got no answer.
tl::unexpected<Error> WorkerPool::Impl::failed_as(TaskEnd end, Error error) {
    launcher.impl().count(service, end);
    return end == TaskEnd::NotStarted || end == TaskEnd::Killed ? busy(std::move(error)) : fail(std::move(error));
}

tl::unexpected<Error> WorkerPool::Impl::lost(WorkerLink& link, Arrival arrival) {
    if (arrival == Arrival::Timeout)
        return failed_as(TaskEnd::OutOfTime, {Code::DeadlineExceeded,
                                              "This took too long; ask for a smaller part or a coarser resolution"});
    const auto record = arrival == Arrival::Closed ? link.wait_exit() : link.finish();
    const Lock lock(mutex);
    const auto pause = kFirstBackoff * (1 << std::min(crashes, kMostDoublings));
    if (++crashes > 1) // the first crash may be the file's fault: its neighbours should not wait
        not_before = SteadyClock::now() + pause;
    if (!record)
        return failed_as(TaskEnd::NotStarted,
                         {Code::Unavailable, "The worker launcher is not running; it is started again in a moment"});
    if (auto not_started = start_failure(*record))
        return failed_as(TaskEnd::NotStarted, *std::move(not_started));
    if (auto killed = outside_kill(*record))
        return failed_as(TaskEnd::Killed, *std::move(killed));
    return failed_as(TaskEnd::Crashed, Error(Code::Internal, "The worker crashed on this file; it may be damaged")
                                           .because(service + " worker: " + describe(*record)));
}

Result<std::string> WorkerPool::Impl::exchange(Worker worker, const std::string& request,
                                               std::span<const int> descriptors, Deadline deadline) {
    WorkerLink& link = worker.link;
    const Status sent = link.channel().send(FrameKind::Request, request, deadline, descriptors);
    if (!sent && sent.error().code == Code::DeadlineExceeded)
        return lost(link, Arrival::Timeout);
    Frame frame;
    const Arrival arrival = link.channel().receive(frame, kMaxServiceAnswerBytes, deadline);
    if (arrival != Arrival::Frame)
        return lost(link, arrival); // and the link goes, which kills the worker
    if (frame.kind == FrameKind::Refused) {
        auto refused = lost(link, Arrival::Closed);
        refused.value().cause = clean_utf8(frame.bytes, kMaxRefusalBytes);
        return refused;
    }
    launcher.impl().count(service, TaskEnd::Done);
    switch (frame.kind) {
    case FrameKind::LastAnswer:
        return std::move(frame.bytes);
    case FrameKind::Answer:
        keep(std::move(worker));
        return std::move(frame.bytes);
    case FrameKind::Failure:
        keep(std::move(worker));
        return fail(schema::checked_refusal(decode_error(frame.bytes)));
    default:
        return lost(link, Arrival::Malformed);
    }
}

WorkerPool::WorkerPool(Launcher& launcher, std::string service, int workers, SandboxLimits limits)
    : impl_(std::make_unique<Impl>(launcher, std::move(service), workers, limits)) {}

WorkerPool::~WorkerPool() = default;

void WorkerPool::retire(SteadyClock::duration unused) {
    std::vector<Impl::Worker> gone; // after the lock is let go of
    const auto before = SteadyClock::now() - unused;
    const Lock lock(impl_->mutex);
    while (!impl_->idle.empty() && impl_->idle.front().used < before) {
        gone.push_back(std::move(impl_->idle.front()));
        impl_->idle.erase(impl_->idle.begin());
    }
}

int WorkerPool::workers() const {
    return impl_->workers + kReserve;
}

Result<std::string> WorkerPool::call(std::string_view owner, const std::string& request,
                                     const std::vector<int>& descriptors, std::chrono::milliseconds timeout) {
    const Deadline deadline = SteadyClock::now() + timeout;
    if (descriptors.size() > kMaxDescriptors)
        return fail(Code::InvalidArgument, "Too many files in one request");
    const auto pass = impl_->gate.enter(owner, timeout);
    if (!pass)
        return busy("All workers are busy; try again in a moment");
    const Impl::Under under_way(*impl_);
    TRY(auto worker, impl_->take(owner, deadline));
    return impl_->exchange(std::move(worker), request, descriptors, deadline);
}

} // namespace landfall::jobs
