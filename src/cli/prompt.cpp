#include "cli/prompt.hpp"

#include "core/output.hpp"

#include <fmt/format.h>

#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace landfall::cli {
namespace {

/// While one exists, the terminal does not show what is typed.
class Unseen {
public:
    Unseen() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0)
            return;
        termios unseen = before_;
        unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        hidden_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen) == 0;
    }
    ~Unseen() {
        if (hidden_)
            (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    termios before_{};
    bool hidden_ = false;
};

} // namespace

bool can_ask() {
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

bool agrees(std::string_view question) {
    put(stderr, "{} [y/N] ", question);
    const auto answer = read_input_line();
    return answer && (*answer == "y" || *answer == "Y" || *answer == "yes");
}

Result<std::string> ask_secret(std::string_view what) {
    put(stderr, "{}: ", what);
    const Unseen unseen;
    auto secret = read_input_line();
    put(stderr, "\n");
    return secret;
}

Result<std::string> read_input_line() {
    std::string line;
    if (!std::getline(std::cin, line))
        return fail(Code::BadRequest, "Nothing came on standard input");
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

} // namespace landfall::cli
