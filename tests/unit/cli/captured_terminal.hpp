#pragma once
/// A terminal whose streams are memory, and client commands on it.

#include "cli/client.hpp"

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace landfall::cli::testing {

class CapturedTerminal {
public:
    explicit CapturedTerminal(const std::string& input = {})
        : in_(std::tmpfile()), out_(std::tmpfile()), err_(std::tmpfile()) {
        std::fwrite(input.data(), 1, input.size(), in_);
        std::rewind(in_);
    }
    ~CapturedTerminal() {
        for (std::FILE* file : {in_, out_, err_})
            std::fclose(file);
    }
    CapturedTerminal(const CapturedTerminal&) = delete;
    CapturedTerminal& operator=(const CapturedTerminal&) = delete;

    std::map<std::string, std::string> environment;

    /// Waits between tries are short.
    Surroundings surroundings(std::stop_token stop = {}) {
        Surroundings made;
        made.terminal.in = in_;
        made.terminal.out = out_;
        made.terminal.err = err_;
        made.terminal.environment = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        };
        made.retry.base = std::chrono::milliseconds(1);
        made.retry.cap = std::chrono::milliseconds(5);
        made.interrupted = std::move(stop);
        return made;
    }
    std::string out() const { return content(out_); }
    std::string err() const { return content(err_); }

private:
    static std::string content(std::FILE* file) {
        std::fflush(file);
        std::rewind(file);
        std::string text;
        char buffer[65536];
        while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file))
            text.append(buffer, got);
        return text;
    }

    std::FILE* in_;
    std::FILE* out_;
    std::FILE* err_;
};

/// Runs a client command as the program does; its exit code.
inline int run_client(const std::vector<std::string>& args, const operations::Registry& registry,
                      const Surroundings& surroundings) {
    Program program("Landfall", "landfall 1.2.3", surroundings.terminal);
    program.add("Client commands", client_commands(registry, surroundings));
    return program.run(args);
}

} // namespace landfall::cli::testing
