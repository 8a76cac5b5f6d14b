#pragma once
/// Private to src/http: sends part of a file without a copy, and without making the loop's thread wait for a disk.

#include "http/server/offload.hpp"
#include "http/server/transport.hpp"

#include <optional>

namespace landfall::http {

/// Over plain connections only. What lies in the system's cache goes through sendfile at once; anything else is read
/// into that cache by the pool first, in the owner's name, while the loop serves others.
class FileSend {
public:
    /// `file` and `owner` outlive this.
    FileSend(const FileBody& file, Transport& transport, WorkPool& pool, const std::string& owner)
        : file_(file), transport_(transport), pool_(pool), owner_(owner) {}

    /// Sends all; each wait for the peer may last `stall`. The bytes sent: fewer than all if the peer or the disk
    /// failed.
    Task<std::int64_t> send(std::chrono::milliseconds stall);

private:
    Task<void> fetch(const FileBody& part);

    const FileBody& file_;
    Transport& transport_;
    WorkPool& pool_;
    const std::string& owner_;
    std::optional<Offload> reading_;
};

} // namespace landfall::http
