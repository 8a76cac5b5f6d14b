#pragma once
/// A thread that gives way to those who answer at once.

#include <functional>
#include <semaphore>
#include <thread>

namespace landfall::http {

/// Runs one job at a time for a thread that waits meanwhile. That thread keeps its own priority and does all that takes
/// a lock it shares with others; a nice thread crowded out while it held such a lock would stop whoever wants it next,
/// however urgent. Neither side of the handing over takes a lock.
class NiceThread {
public:
    /// `niceness` is added to that of the process; with 0, or where the system gives no more threads, jobs run on the
    /// caller's own.
    explicit NiceThread(int niceness);
    ~NiceThread();
    NiceThread(const NiceThread&) = delete;
    NiceThread& operator=(const NiceThread&) = delete;

    /// Returns when the job has ended, and with it what it holds. It must not throw.
    void run(std::function<void()> job);

private:
    void work(int niceness);

    std::function<void()> job_; ///< empty to end
    std::binary_semaphore begun_{0};
    std::binary_semaphore ended_{0};
    std::thread thread_;
};

} // namespace landfall::http
