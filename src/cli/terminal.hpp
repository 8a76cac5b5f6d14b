#pragma once
/// Where a command reads and writes, and what it may assume about it.

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::cli {

/// The streams are borrowed and must outlive the commands. Results go to `out`, everything else to `err`.
struct Terminal {
    std::FILE* in = nullptr;
    std::FILE* out = nullptr;
    std::FILE* err = nullptr;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool steerable = false;                           ///< `err` is a terminal that knows escape sequences
    bool color = false;                               ///< and NO_COLOR is unset or empty
    std::function<int()> columns = [] { return 80; }; ///< of `err`, now: a window may be resized
    std::function<std::optional<std::string>(const std::string&)> environment;

    /// The streams and the environment of this process.
    static Terminal of_process();

    /// Writes a line to `out` or `err`.
    void print(std::string_view line) const;
    void note(std::string_view line) const;
    /// Writes `landfall: <sentence>` to `err`, free of control characters.
    void complain(std::string_view sentence) const;
    /// The same of something that is no failure: `landfall: warning: <sentence>`.
    void warn(std::string_view sentence) const;
};

/// The text with control characters (C0, DEL, C1) replaced by `?`: what a server says must not steer the terminal.
std::string printable(std::string_view text);

} // namespace landfall::cli
