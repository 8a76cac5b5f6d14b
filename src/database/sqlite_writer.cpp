#include "database/sqlite_writer.hpp"

#include <utility>

namespace landfall::database {
namespace {

constexpr std::size_t kQueueLimit = 8192;
constexpr std::size_t kGroupLimit = 256;
constexpr auto kGroupTime = std::chrono::milliseconds(20);
constexpr auto kLongestLinger = std::chrono::microseconds(500);
constexpr auto kIdleTime = std::chrono::seconds(20);
constexpr int kCheckpointPages = 2000;
constexpr int kUrgentPages = 16'000;
constexpr int kRestartPages = 64'000;

} // namespace

SqliteWriter::SqliteWriter(std::unique_ptr<SqliteConnection> connection)
    : connection_(std::move(connection)), thread_([this] { loop(); }) {}

SqliteWriter::~SqliteWriter() {
    {
        const Lock lock(mutex_);
        stopping_ = true;
    }
    queued_.notify_one();
    thread_.join();
}

Status SqliteWriter::run(const std::function<Status(Session&)>& work) {
    if (std::this_thread::get_id() == thread_.get_id())
        return fail_internal("a write was started inside a write; use the session at hand");
    Task task;
    task.work = &work;
    {
        const Lock lock(mutex_);
        if (queue_.size() >= kQueueLimit)
            return fail(unavailable("the writer's queue is full"));
        queue_.push_back(&task);
    }
    queued_.notify_one();
    {
        const Lock lock(task.mutex);
        while (!task.done)
            task.finished.wait(task.mutex);
    }
    if (task.thrown)
        std::rethrow_exception(task.thrown);
    return std::move(task.outcome);
}

void SqliteWriter::loop() {
    while (await_work())
        run_group();
}

// After a shared commit its callers come back one by one. Without a short wait for them every second group would
// hold a single task, and half of the fsyncs would be wasted. A lone caller never waits.
bool SqliteWriter::await_work() {
    const Lock lock(mutex_);
    const auto idle_until = Clock::now() + kIdleTime;
    while (!has_work() && queued_.wait_until(mutex_, idle_until))
        continue;
    if (!has_work()) {
        const Unlock meanwhile(mutex_);
        connection_->rest();
    }
    while (!has_work())
        queued_.wait(mutex_);
    if (last_group_ > 1 && !stopping_) {
        const auto linger = std::min<Clock::duration>(last_commit_ / 2, kLongestLinger);
        const auto linger_until = Clock::now() + linger;
        while (!stopping_ && queue_.size() < last_group_ && queued_.wait_until(mutex_, linger_until))
            continue;
    }
    return !queue_.empty();
}

void SqliteWriter::run_group() {
    group_.clear();
    if (!begin()) {
        finish_group();
        return;
    }
    const auto deadline = Clock::now() + kGroupTime;
    while (Task* task = next(deadline)) {
        group_.push_back(task);
        run_one(*task);
        if (!connection_->in_transaction())
            break;
    }
    commit();
    finish_group();
    checkpoint();
}

// When the lock cannot be had, everyone who waited for it hears so now, not group by group.
bool SqliteWriter::begin() {
    auto begun = connection_->control("BEGIN IMMEDIATE");
    if (begun)
        return true;
    {
        const Lock lock(mutex_);
        group_.assign(queue_.begin(), queue_.end());
        queue_.clear();
    }
    fail_successes(begun.error());
    return false;
}

SqliteWriter::Task* SqliteWriter::next(Clock::time_point deadline) {
    if (group_.size() >= kGroupLimit || (!group_.empty() && Clock::now() >= deadline))
        return nullptr;
    const Lock lock(mutex_);
    if (queue_.empty())
        return nullptr;
    Task* task = queue_.front();
    queue_.pop_front();
    return task;
}

void SqliteWriter::run_one(Task& task) {
    if (auto opened = connection_->control("SAVEPOINT work"); !opened) {
        task.outcome = fail(std::move(opened).error());
        return;
    }
    try {
        task.outcome = (*task.work)(*connection_);
    } catch (...) {
        task.thrown = std::current_exception();
    }
    if (task.outcome && !task.thrown && connection_->has_broken_references())
        task.outcome = fail(violated("a deferred foreign key is broken at the end of the transaction"));
    if (task.outcome && !task.thrown && connection_->failed())
        task.outcome =
            fail_internal("a statement of the transaction failed, but the work that ran it reported success");
    if (!connection_->in_transaction())
        return;
    if (!task.outcome || task.thrown)
        (void)connection_->control("ROLLBACK TO work");
    if (auto released = connection_->control("RELEASE work"); !released && task.outcome)
        task.outcome = fail(std::move(released).error());
}

void SqliteWriter::commit() {
    if (!connection_->in_transaction()) {
        fail_successes(unavailable("SQLite rolled the whole group back"));
        return;
    }
    const auto started = Clock::now();
    if (auto committed = connection_->control("COMMIT"); !committed) {
        const bool tells = committed.error().code == Code::Unavailable;
        fail_successes(tells ? std::move(committed).error() : unavailable(std::move(committed.error().cause)));
        if (connection_->in_transaction())
            (void)connection_->control("ROLLBACK");
    }
    last_commit_ = Clock::now() - started;
}

void SqliteWriter::fail_successes(const Error& error) {
    for (Task* task : group_)
        if (task->outcome && !task->thrown)
            task->outcome = fail(error);
}

void SqliteWriter::finish_group() {
    last_group_ = group_.size();
    for (Task* task : group_) {
        // Notified under the lock: the task lives on its caller's stack and may be gone right after.
        const Lock lock(task->mutex);
        task->done = true;
        task->finished.notify_one();
    }
}

// Runs between groups, so that nobody waits for it who has been committed; a busy writer puts it off for a while.
void SqliteWriter::checkpoint() {
    const int pages = connection_->log_pages();
    if (pages < kCheckpointPages)
        return;
    if (pages < kUrgentPages) {
        const Lock lock(mutex_);
        if (!queue_.empty())
            return;
    }
    connection_->checkpoint(pages < kRestartPages ? SqliteConnection::Checkpoint::Passive
                                                  : SqliteConnection::Checkpoint::Restart);
}

} // namespace landfall::database
