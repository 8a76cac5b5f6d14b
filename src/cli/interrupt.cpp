#include "cli/interrupt.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <thread>
#include <unistd.h>

namespace landfall::cli {

struct InterruptWatch::Impl {
    sigset_t before{};
    sigset_t watched{};
    int signals = -1;
    int end = -1;
    std::stop_source stop;
    std::atomic<int> signal{0};
    std::thread thread;

    void watch() {
        while (true) {
            pollfd waits[2] = {{signals, POLLIN, 0}, {end, POLLIN, 0}};
            if (poll(waits, 2, -1) < 0 && errno != EINTR)
                return;
            if ((waits[1].revents & POLLIN) != 0)
                return;
            signalfd_siginfo received{};
            if ((waits[0].revents & POLLIN) == 0 || read(signals, &received, sizeof received) != sizeof received)
                continue;
            const int signo = static_cast<int>(received.ssi_signo);
            if (stop.stop_requested())
                end_as(signo);
            signal = signo;
            stop.request_stop();
        }
    }

    /// The user insists.
    void end_as(int signo) const {
        std::signal(signo, SIG_DFL);
        pthread_sigmask(SIG_UNBLOCK, &watched, nullptr);
        raise(signo);
    }
};

InterruptWatch::InterruptWatch() : impl_(std::make_unique<Impl>()) {
    sigemptyset(&impl_->watched);
    sigaddset(&impl_->watched, SIGINT);
    sigaddset(&impl_->watched, SIGTERM);
    impl_->signals = signalfd(-1, &impl_->watched, SFD_CLOEXEC);
    impl_->end = eventfd(0, EFD_CLOEXEC);
    pthread_sigmask(SIG_SETMASK, nullptr, &impl_->before);
    if (impl_->signals < 0 || impl_->end < 0)
        return; // signals keep their usual meaning
    pthread_sigmask(SIG_BLOCK, &impl_->watched, nullptr);
    impl_->thread = std::thread([impl = impl_.get()] { impl->watch(); });
}

InterruptWatch::~InterruptWatch() {
    if (impl_->thread.joinable()) {
        const std::uint64_t one = 1;
        (void)!write(impl_->end, &one, sizeof one);
        impl_->thread.join();
    }
    pthread_sigmask(SIG_SETMASK, &impl_->before, nullptr);
    for (const int descriptor : {impl_->signals, impl_->end})
        if (descriptor >= 0)
            close(descriptor);
}

int InterruptWatch::signal() const {
    return impl_->signal;
}

std::stop_token InterruptWatch::token() const {
    return impl_->stop.get_token();
}

} // namespace landfall::cli
