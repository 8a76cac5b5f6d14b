#include "http/server/nice_thread.hpp"

#include <sys/resource.h>
#include <system_error>
#include <utility>

namespace landfall::http {

NiceThread::NiceThread(int niceness) {
    if (niceness <= 0)
        return;
    try {
        thread_ = std::thread([this, niceness] { work(niceness); });
    } catch (const std::system_error&) {
        // Jobs run on the caller's own thread, as the header says.
    }
}

NiceThread::~NiceThread() {
    if (!thread_.joinable())
        return;
    begun_.release();
    thread_.join();
}

void NiceThread::run(std::function<void()> job) {
    if (!thread_.joinable())
        return job();
    job_ = std::move(job);
    begun_.release();
    ended_.acquire();
}

void NiceThread::work(int niceness) {
    (void)::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + niceness); // 0: this thread
    while (true) {
        begun_.acquire();
        if (!job_)
            return;
        job_();
        job_ = nullptr;
        ended_.release();
    }
}

} // namespace landfall::http
