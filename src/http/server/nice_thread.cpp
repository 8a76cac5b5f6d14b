#include "http/server/nice_thread.hpp"

#include "core/threads.hpp"

#include <sys/resource.h>
#include <utility>

namespace landfall::http {

NiceThread::NiceThread(int niceness) {
    if (niceness > 0)
        thread_ = try_thread([this, niceness] { work(niceness); });
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
