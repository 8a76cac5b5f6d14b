#include "unit/jobs/programs.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace landfall::jobs::fixture {
namespace {

using Folder = const std::string&;
using Arguments = const Json&;
using Report = const Progress&;

Result<Json> echo(Folder folder, Arguments arguments, Report) {
    return Json::object({{"folder", Json(folder)}, {"arguments", arguments}});
}

Result<Json> refuse(Folder, Arguments, Report) {
    Error error(Code::InvalidArgument, "The file is not an image");
    error.fields.push_back({{"files", "0"}, "not an image", "bad_file"});
    error.cause = "no driver";
    return fail(std::move(error));
}

Result<Json> crash(Folder, Arguments, Report) {
    std::signal(SIGSEGV, SIG_DFL); // past a sanitizer's own handler
    ::rlimit core{0, 0};
    ::setrlimit(RLIMIT_CORE, &core);
    volatile int* nowhere = nullptr;
    __asm__ volatile("" : "+r"(nowhere));
#ifdef LANDFALL_SANITIZED
    ::_exit(9); // a wild write would be reported instead
#endif
    *nowhere = 1;
    return Json();
}

Result<Json> throw_error(Folder, Arguments, Report) {
    throw std::runtime_error("library text");
}

Result<Json> spin(Folder, Arguments, Report) {
    for (std::atomic<int> i = 0;; ++i) {
    }
}

Result<Json> hang(Folder, Arguments, Report) {
    for (;;)
        ::pause();
}

Result<Json> report_then_hang(Folder, Arguments, Report progress) {
    progress(0.25, "reading");
    for (;;)
        ::pause();
}

Result<Json> tell_pids_then_hang(Folder, Arguments, Report progress) {
    progress(0, std::to_string(::getpid()) + " " + std::to_string(::getppid()));
    for (;;)
        ::pause();
}

Result<Json> allocate(Folder, Arguments, Report) {
    std::vector<std::string> blocks;
    for (;;)
        blocks.emplace_back(std::size_t{16} << 20, 'x');
}

Result<Json> allocate_on_a_thread(Folder, Arguments, Report) {
    std::thread([] { (void)allocate({}, {}, {}); }).join();
    return Json();
}

Result<Json> write_much(Folder folder, Arguments arguments, Report) {
    const int fd = ::open((folder + "/out").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(Code::Internal, std::strerror(errno));
    const std::string block(1 << 20, 'x');
    std::int64_t written = 0;
    while (written < arguments["bytes"].as_integer()) {
        const ssize_t count = ::write(fd, block.data(), block.size());
        if (count < 0)
            return fail(Code::PayloadTooLarge, std::strerror(errno));
        written += count;
    }
    return Json(written);
}

/// Goes on until it is stopped.
Result<Json> write_many(Folder folder, Arguments arguments, Report) {
    const std::string block(static_cast<std::size_t>(arguments["bytes"].as_integer()), 'x');
    for (int i = 0;; ++i) {
        const int fd = ::open((folder + "/out" + std::to_string(i)).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || ::write(fd, block.data(), block.size()) < 0)
            return fail(Code::Internal, std::strerror(errno));
        ::close(fd);
        ::usleep(2000);
    }
}

Result<Json> start_threads(Folder, Arguments arguments, Report) {
    for (std::int64_t i = 0; i < arguments["count"].as_integer(); ++i)
        std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
    std::this_thread::sleep_for(std::chrono::hours(1));
    return Json();
}

Result<Json> make_folder(Folder folder, Arguments, Report) {
    return ::mkdir((folder + "/inner").c_str(), 0700) == 0 ? Result<Json>(Json())
                                                           : fail(Code::Internal, std::strerror(errno));
}

/// Opens a path and answers its first bytes, or the errno.
Result<Json> peek(Folder, Arguments arguments, Report) {
    const int fd = ::open(arguments["path"].as_string().c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return Json::object({{"errno", Json(errno)}});
    char bytes[16] = {};
    const ssize_t count = ::read(fd, bytes, sizeof bytes);
    return Json::object({{"bytes", Json(std::string(bytes, count > 0 ? static_cast<std::size_t>(count) : 0))}});
}

Result<Json> environment(Folder, Arguments, Report) {
    Json found = Json::object();
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        found.set(text.substr(0, equals), Json(text.substr(equals + 1)));
    }
    return found;
}

Result<Json> open_descriptors(Folder, Arguments, Report) {
    Json open = Json::array();
    for (int fd = 0; fd < 256; ++fd)
        if (::fcntl(fd, F_GETFD) >= 0)
            open.push(Json(fd));
    return open;
}

Result<Json> large_answer(Folder, Arguments arguments, Report) {
    return Json(std::string(static_cast<std::size_t>(arguments["bytes"].as_integer()), 'a'));
}

Result<Json> use_threads(Folder, Arguments, Report) {
    std::atomic<std::int64_t> sum = 0;
    std::vector<std::thread> threads;
    for (int i = 1; i <= 8; ++i)
        threads.emplace_back([&sum, i] { sum += i; });
    for (std::thread& thread : threads)
        thread.join();
    return Json(sum.load());
}

Result<Json> count_up(Folder, Arguments, Report progress) {
    for (int i = 1; i <= 4; ++i)
        if (!progress(i / 4.0, i == 4 ? "done" : "working"))
            return fail(Code::Canceled, "stopped");
    return Json("counted");
}

/// Frames that no honest worker sends.
Result<Json> lie(Folder, Arguments arguments, Report) {
    const std::string kind = arguments["kind"].as_string();
    std::string frame = kind == "huge"       ? std::string("\x04\0\0\0\xff\xff\xff\xff", 8)
                        : kind == "unknown"  ? std::string("\x63\0\0\0\0\0\0\0", 8)
                        : kind == "not json" ? std::string("\x04\0\0\0\x02\0\0\0{{", 10)
                                             : std::string("\x03\0\0\0\x02\0\0\0{{", 10);
    if (kind == "long report") {
        const std::string stage(1 << 20, 'x');
        frame = std::string("\x03\0\0\0\x0c\0\x10\0", 8) + R"({"stage":")" + stage + "\"}";
    }
    for (std::size_t sent = 0; sent < frame.size();)
        if (const ssize_t count = ::write(3, frame.data() + sent, frame.size() - sent); count > 0)
            sent += static_cast<std::size_t>(count);
        else
            break;
    for (;;)
        ::pause();
}

/// Answers what it is told to, whatever the type of the answer is.
Result<Json> claim(Folder, Arguments arguments, Report) {
    return arguments["answer"];
}

Result<std::string> serve_test(const Json& request, std::vector<int> descriptors) {
    const std::string order = request["order"].as_string();
    std::string answer = order;
    if (order == "read") {
        for (const int fd : descriptors) {
            char bytes[64];
            const ssize_t count = ::pread(fd, bytes, sizeof bytes, 0);
            answer.append(bytes, count > 0 ? static_cast<std::size_t>(count) : 0);
        }
    }
    if (order == "hold") { // says that it has begun, and waits for a byte
        char byte = 'b';
        if (::write(descriptors.at(0), &byte, 1) != 1 || ::read(descriptors.at(1), &byte, 1) != 1)
            return fail(Code::Internal, "the pipes broke");
    }
    for (const int fd : descriptors)
        ::close(fd);
    if (order == "crash")
        ::_exit(5);
    while (order == "hang")
        ::pause();
    if (order == "fail")
        return fail(Code::NotFound, "No such band");
    if (order == "pid")
        return std::to_string(::getpid());
    if (order == "open")
        return std::to_string(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
    if (order == "bytes")
        return std::string(static_cast<std::size_t>(request["count"].as_integer()), 'b');
    if (order == "reply")
        return request["text"].as_string();
    if (order == "grow")
        return std::to_string(std::string(std::size_t{64} << 20, 'x').size());
    return answer;
}

} // namespace

WorkerProgram test_program() {
    WorkerProgram program;
    for (const auto& [name, task] : std::initializer_list<
             std::pair<const char*, Result<Json> (*)(const std::string&, const Json&, const Progress&)>>{
             {"echo", echo},
             {"refuse", refuse},
             {"crash", crash},
             {"throw", throw_error},
             {"spin", spin},
             {"hang", hang},
             {"report_then_hang", report_then_hang},
             {"tell_pids_then_hang", tell_pids_then_hang},
             {"allocate", allocate},
             {"allocate_on_a_thread", allocate_on_a_thread},
             {"write_much", write_much},
             {"write_many", write_many},
             {"start_threads", start_threads},
             {"make_folder", make_folder},
             {"peek", peek},
             {"environment", environment},
             {"open_descriptors", open_descriptors},
             {"large_answer", large_answer},
             {"use_threads", use_threads},
             {"count_up", count_up},
             {"lie", lie}})
        program.add(schema::TaskSpec<Json, Json>{name}, task);
    program.add(schema::TaskSpec<Json, Json>{kLiar.name}, claim);
    program.services = {{"test", serve_test}};
    program.readable = {"/usr/share/zoneinfo", "/nowhere/at/all"};
    return program;
}

} // namespace landfall::jobs::fixture
