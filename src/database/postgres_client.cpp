#include "database/postgres_client.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <map>
#include <poll.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace landfall::database {
namespace {

constexpr int kNotFound = 127; ///< as shells say
constexpr std::size_t kLastWords = 1000;

/// `NAME=value` of this process, with what the conninfo says in libpq's own variables.
Result<std::vector<std::string>> environment_for(const std::string& conninfo) {
    char* fault = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(conninfo.c_str(), &fault), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> message(fault, &PQfreemem);
    if (!options)
        return fail(Code::InvalidArgument, std::string("The database setting is not valid: ") +
                                               (message ? message.get() : "it cannot be parsed"));
    std::map<std::string, std::string, std::less<>> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            variables.insert_or_assign(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
    }
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
        if (option->envvar != nullptr && option->val != nullptr && *option->val != '\0')
            variables.insert_or_assign(option->envvar, option->val);
    std::vector<std::string> out;
    out.reserve(variables.size());
    for (const auto& [name, value] : variables)
        out.emplace_back(name).append("=").append(value);
    return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// The child's side: nothing but system calls, for other threads may have held locks.
[[noreturn]] void become(char* const* words, char* const* environment, const std::array<int, 3>& streams,
                         pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool ready = ::getppid() == parent;
    for (int i = 0; i < 3; ++i)
        ready = ready && ::dup2(streams[static_cast<std::size_t>(i)], i) == i;
    if (ready)
        ::execvpe(words[0], words, environment);
    ::_exit(kNotFound);
}

} // namespace

PostgresClient::PostgresClient(std::string name, pid_t pid, Descriptor handle, Descriptor messages)
    : name_(std::move(name)), pid_(pid), handle_(std::move(handle)), messages_(std::move(messages)) {}

Result<std::unique_ptr<PostgresClient>> PostgresClient::start(const std::string& conninfo,
                                                              const std::vector<std::string>& words, Streams streams) {
    TRY(auto environment, environment_for(conninfo));
    auto arguments = words;
    const auto argument_pointers = pointers_to(arguments);
    const auto environment_pointers = pointers_to(environment);
    const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    Descriptor messages(::memfd_create("messages", MFD_CLOEXEC));
    const auto failed = [&] {
        return fail(Code::Unavailable, words.front() + " cannot be started: " + std::generic_category().message(errno));
    };
    if (!nothing || !messages)
        return failed();
    const std::array<int, 3> standard{streams.in < 0 ? nothing.get() : streams.in,
                                      streams.out < 0 ? nothing.get() : streams.out, messages.get()};
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0)
        become(argument_pointers.data(), environment_pointers.data(), standard, parent);
    if (pid < 0)
        return failed();
    std::unique_ptr<PostgresClient> client(new PostgresClient(
        words.front(), pid, Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))), std::move(messages)));
    if (!client->handle_)
        return failed();
    return client;
}

PostgresClient::~PostgresClient() {
    if (pid_ == 0)
        return;
    ::kill(pid_, SIGKILL);
    (void)wait(); // nobody asks any more how it ended
}

bool PostgresClient::ends_within(std::chrono::milliseconds time) const {
    pollfd ending{handle_.get(), POLLIN, 0};
    return ::poll(&ending, 1, static_cast<int>(time.count())) > 0;
}

Status PostgresClient::wait() {
    int how = 0;
    pid_t ended = 0;
    do
        ended = ::waitpid(pid_, &how, 0);
    while (ended < 0 && errno == EINTR);
    pid_ = 0;
    if (ended < 0)
        return fail_internal(name_ + " was collected by somebody else");
    if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
        return {};
    if (WIFEXITED(how) && WEXITSTATUS(how) == kNotFound)
        return fail(Code::Unavailable,
                    name_ + " is needed and was not found. Install PostgreSQL's client (Debian: postgresql-client), of "
                            "the server's version at least");
    const off_t said = std::max<off_t>(::lseek(messages_.get(), 0, SEEK_END), 0);
    std::string words(kLastWords, '\0');
    const ssize_t got =
        ::pread(messages_.get(), words.data(), words.size(), std::max<off_t>(said - off_t{kLastWords}, 0));
    words.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return fail(Error{Code::Unavailable, name_ + " failed; its own words tell why"}.because(std::move(words)));
}

} // namespace landfall::database
