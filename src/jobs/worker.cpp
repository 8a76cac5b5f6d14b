#include "jobs/worker.hpp"

#include "jobs/confinement.hpp"
#include "jobs/refusal.hpp"
#include "jobs/self_test.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <new>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace landfall::jobs {
namespace {

constexpr int kChannelFd = 3;
constexpr int kRequestsBeforeRetiring = 50'000;

void restore_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) // a Ctrl-C is the server's to handle
        std::signal(signal, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN); // a write to a server that is gone fails instead
    std::signal(SIGXFSZ, SIG_IGN); // too large a file is a write error that the library reports
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr); // NOLINT(concurrency-mt-unsafe): one thread yet
}

/// Ends a worker that cannot be what it must be, with a word for the log.
[[noreturn]] void refuse(Channel& channel, std::string_view cause) {
    (void)channel.send(FrameKind::Refused, cause);
    ::_exit(kExitRefused);
}

/// Descriptor 3 is the channel, 0 to 2 lead nowhere, and nothing else is open. Ends the worker where that fails.
void keep_only(Descriptor channel) {
    // Out of the way first: the channel itself may be one of the numbers to be overwritten.
    const Descriptor high(::fcntl(channel.get(), F_DUPFD_CLOEXEC, 16));
    const Descriptor nowhere(high ? ::open("/dev/null", O_RDWR | O_CLOEXEC) : -1);
    const auto give_up = [&channel](std::string_view call) {
        const std::string cause = refusal(call, errno);
        Channel told(std::move(channel));
        refuse(told, cause);
    };
    if (!high)
        give_up("fcntl");
    if (!nowhere)
        give_up("open /dev/null");
#ifdef LANDFALL_SANITIZED
    constexpr int kSilenced = 1; // reports go to stderr
#else
    constexpr int kSilenced = 2;
#endif
    for (int fd = 0; fd <= kSilenced; ++fd)
        if (::dup2(nowhere.get(), fd) < 0)
            give_up("dup2");
    if (::dup2(high.get(), kChannelFd) < 0)
        give_up("dup2");
    channel.release(); // closed with all others
    ::closefrom(kChannelFd + 1);
}

/// A Task: shows that a worker came as far as this.
Result<std::string> do_nothing(const std::string& /*folder*/, const Json& /*arguments*/, const Progress& /*progress*/) {
    return "null";
}

[[noreturn]] void on_terminate() {
    try {
        if (std::current_exception())
            std::rethrow_exception(std::current_exception());
    } catch (const std::bad_alloc&) {
        ::_exit(kExitOutOfMemory);
    } catch (...) {
        std::abort();
    }
    std::abort();
}

template<typename Call>
auto guarded(Call call) -> decltype(call()) {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        ::_exit(kExitOutOfMemory);
    } catch (const std::exception& error) {
        return fail_internal(std::string("exception in a worker: ") + error.what());
    }
}

template<typename Entry>
const Entry* find_named(const std::vector<std::pair<std::string, Entry>>& entries, std::string_view name) {
    for (const auto& [key, entry] : entries)
        if (key == name)
            return &entry;
    return nullptr;
}

/// One of the program's, or of those that every worker has. Null for a name that is neither.
const Task* find_task(const WorkerProgram& program, std::string_view name) {
    static const std::vector<std::pair<std::string, Task>> built_in{{std::string(kSelfTest.name), try_to_escape},
                                                                    {std::string(kNothing.name), do_nothing}};
    const Task* task = find_named(built_in, name);
    return task != nullptr ? task : find_named(program.tasks, name);
}

void send_or_exit(Channel& channel, FrameKind kind, std::string_view bytes) {
    if (!channel.send(kind, bytes))
        ::_exit(kExitProtocol);
}

template<typename T>
void send_result(Channel& channel, const Result<T>& result, std::string_view bytes, FrameKind answer) {
    if (!result)
        send_or_exit(channel, FrameKind::Failure, encode(result.error()));
    else
        send_or_exit(channel, answer, bytes);
}

[[noreturn]] void run_task(Channel& channel, const Task& task, const std::string& folder) {
    Frame frame;
    if (channel.receive(frame, kMaxTaskAnswerBytes) != Arrival::Frame || frame.kind != FrameKind::Arguments)
        ::_exit(kExitProtocol);
    const Progress progress = [&channel](double share, std::string_view stage) {
        const Json report = Json::object({{"share", Json(share)}, {"stage", Json(stage.substr(0, kMaxStageBytes))}});
        return channel.send(FrameKind::Report, report.dump()).has_value();
    };
    const Result<std::string> answer = guarded([&]() -> Result<std::string> {
        TRY(const Json arguments, Json::parse(frame.bytes));
        frame = {};
        TRY(std::string text, task(folder, arguments, progress));
        if (text.size() > kMaxTaskAnswerBytes)
            return fail_internal("a task's answer is larger than 64 MiB");
        return text;
    });
    send_result(channel, answer, answer ? *answer : "", FrameKind::Answer);
    ::_exit(0);
}

std::int64_t peak_memory_bytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
}

[[noreturn]] void serve(Channel& channel, const Service& service, std::int64_t memory_bytes) {
    const std::int64_t retire_above = peak_memory_bytes() + memory_bytes / 2;
    for (int served = 1;; ++served) {
        Frame frame;
        const Arrival arrival = channel.receive(frame, kMaxRequestBytes);
        if (arrival == Arrival::Closed)
            ::_exit(0);
        if (arrival != Arrival::Frame || frame.kind != FrameKind::Request)
            ::_exit(kExitProtocol);
        Result<std::string> answer = guarded([&]() -> Result<std::string> {
            TRY(const Json request, Json::parse(frame.bytes));
            std::vector<int> descriptors;
            descriptors.reserve(frame.descriptors.size());
            for (Descriptor& descriptor : frame.descriptors)
                descriptors.push_back(descriptor.release());
            return service(request, std::move(descriptors));
        });
        if (answer && answer->size() > kMaxServiceAnswerBytes)
            answer = fail(Code::PayloadTooLarge, "The answer is too large; ask for a smaller part");
        // A worker that has grown is replaced rather than trusted to shrink.
        const bool last = served == kRequestsBeforeRetiring || peak_memory_bytes() > retire_above;
        send_result(channel, answer, answer ? *answer : "", last ? FrameKind::LastAnswer : FrameKind::Answer);
        if (last)
            ::_exit(0);
    }
}

} // namespace

void run_worker(WorkerSetup setup) {
    restore_signals();
    std::set_terminate(on_terminate);
    const WorkerProgram& program = *setup.program;
    const SpawnOrder& order = setup.order;
    keep_only(std::move(setup.channel));
    Channel channel{Descriptor(kChannelFd),
                    order.kind == WorkerKind::ForService ? Descriptors::Accept : Descriptors::Refuse};
    if (setup.filter != nullptr && !*setup.filter)
        refuse(channel, setup.filter->error().cause);
    const ConfinementPlan plan{order.kind,   order.folder,    program.readable,
                               order.limits, setup.available, setup.filter != nullptr ? &**setup.filter : nullptr};
    // Not subject to the filter yet. A launcher that died before this line is noticed by the parent's change.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        refuse(channel, refusal("prctl", errno));
    if (::getppid() != setup.launcher)
        ::_exit(kExitRefused);
    const Task* task = find_task(program, order.name);
    const Service* service = find_named(program.services, order.name);
    Status ready = confine(plan);
    if (ready && (order.kind == WorkerKind::ForTask ? task == nullptr : service == nullptr))
        ready = fail_internal("unknown task or service " + order.name);
    if (!ready)
        refuse(channel, ready.error().cause);
    if (order.kind == WorkerKind::ForTask)
        run_task(channel, *task, order.folder);
    serve(channel, *service, order.limits.memory_bytes);
}

} // namespace landfall::jobs
