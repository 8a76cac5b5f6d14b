#include "cli/account/prompt.hpp"

#include "core/output.hpp"

#include <termios.h>
#include <unistd.h>

namespace landfall::cli {
namespace {

constexpr std::size_t kLongestLine = 16384;

bool somebody_sits_there(const Terminal& terminal) {
    return terminal.err_is_terminal && terminal.in != nullptr && ::isatty(::fileno(terminal.in)) == 1;
}

/// Keeps a terminal from showing what is typed.
class Silence {
public:
    explicit Silence(int terminal) : terminal_(terminal), held_(::tcgetattr(terminal, &before_) == 0) {
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        held_ = held_ && ::tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
    }
    ~Silence() {
        if (held_)
            ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    int terminal_;
    termios before_{};
    bool held_;
};

Result<std::string> read_line(std::FILE* from) {
    std::string line;
    int c = EOF;
    while (from != nullptr && line.size() < kLongestLine && (c = std::fgetc(from)) != EOF && c != '\n')
        line += static_cast<char>(c);
    if (c == EOF && line.empty())
        return fail(Code::Internal, "Standard input ended before the answer");
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

} // namespace

Result<std::string> ask(const Terminal& terminal, std::string_view question) {
    if (somebody_sits_there(terminal))
        put(terminal.err, "{}: ", question);
    return read_line(terminal.in);
}

Result<std::string> ask_secret(const Terminal& terminal, std::string_view question) {
    if (!somebody_sits_there(terminal))
        return read_line(terminal.in);
    put(terminal.err, "{}: ", question);
    const Silence silence(::fileno(terminal.in));
    auto line = read_line(terminal.in);
    put(terminal.err, "\n");
    return line;
}

} // namespace landfall::cli
