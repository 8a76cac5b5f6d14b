#include "cli/terminal.hpp"

#include "core/output.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace landfall::cli {
namespace {

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int terminal_columns() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/// Whether the text begins with a character that turns the direction of what follows: a name could show itself as
/// another one. Spec: Unicode Standard Annex 9, section 2.
bool turns_direction(std::string_view text) {
    if (text.size() < 3 || text[0] != '\xE2')
        return false;
    const auto second = static_cast<unsigned char>(text[1]);
    const auto third = static_cast<unsigned char>(text[2]);
    return (second == 0x80 && ((third >= 0xAA && third <= 0xAE) || third == 0x8E || third == 0x8F)) ||
           (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

} // namespace

Terminal Terminal::of_process() {
    Terminal terminal;
    terminal.in = stdin;
    terminal.out = stdout;
    terminal.err = stderr;
    terminal.out_is_terminal = isatty(STDOUT_FILENO) == 1;
    terminal.err_is_terminal = isatty(STDERR_FILENO) == 1;
    terminal.environment = process_environment;
    terminal.steerable = terminal.err_is_terminal && process_environment("TERM").value_or("") != "dumb";
    terminal.color = terminal.steerable && process_environment("NO_COLOR").value_or("").empty();
    terminal.columns = terminal_columns;
    return terminal;
}

void Terminal::print(std::string_view line) const {
    put(out, "{}\n", line);
}

void Terminal::note(std::string_view line) const {
    put(err, "{}\n", line);
}

void Terminal::complain(std::string_view sentence) const {
    const std::string text = printable(sentence);
    if (color)
        put(err, "\x1b[1;31mlandfall:\x1b[0m {}\n", text);
    else
        put(err, "landfall: {}\n", text);
}

void Terminal::warn(std::string_view sentence) const {
    put(err, "landfall: warning: {}\n", printable(sentence));
}

std::string printable(std::string_view text) {
    const std::string clean = clean_utf8(text, text.size() * 3);
    std::string out;
    out.reserve(clean.size());
    for (std::size_t i = 0; i < clean.size(); ++i) {
        const bool c1 = clean[i] == '\xC2' && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xA0;
        const bool turns = turns_direction(std::string_view(clean).substr(i));
        if (is_control(clean[i]) || c1 || turns)
            out += '?';
        else
            out += clean[i];
        i += turns ? 2 : (c1 ? 1 : 0);
    }
    return out;
}

} // namespace landfall::cli
