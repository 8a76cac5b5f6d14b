#pragma once
/// The programs of PostgreSQL's client: pg_dump and pg_restore.

#include "core/descriptor.hpp"
#include "core/result.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace landfall::database {

/// One of them at work. It ends with this object, and with the program that started it. One thread at a time.
class PostgresClient {
public:
    struct Streams {
        int in = -1;  ///< -1: nothing comes
        int out = -1; ///< -1: nobody reads
    };

    /// Starts the program that the first word names, with the database of the conninfo or URL as its own; where that
    /// is and the password are told by the environment, which other users cannot read.
    static Result<std::unique_ptr<PostgresClient>> start(const std::string& conninfo,
                                                         const std::vector<std::string>& words, Streams streams);
    ~PostgresClient();
    PostgresClient(const PostgresClient&) = delete;
    PostgresClient& operator=(const PostgresClient&) = delete;

    /// Whether it has ended, or does within the time.
    bool ends_within(std::chrono::milliseconds time) const;
    /// Waits for its end. Unavailable, with its last words as the cause, unless it succeeded.
    Status wait();

private:
    PostgresClient(std::string name, pid_t pid, Descriptor handle, Descriptor messages);

    const std::string name_;
    pid_t pid_; ///< 0 once it has been collected
    Descriptor handle_;
    Descriptor messages_; ///< what it said on standard error
};

} // namespace landfall::database
