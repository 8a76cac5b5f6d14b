#pragma once
/// Private to src/http: moves one pulled body from its source to the peer, reading the next buffer while the peer takes
/// the previous one.

#include "http/server/offload.hpp"
#include "http/server/transport.hpp"

#include <array>
#include <memory>
#include <string>

namespace landfall::http {

class Pull {
public:
    /// `body` outlives this; `pool` opens and reads its source in the owner's name.
    Pull(const PulledBody& body, Transport& transport, WorkPool& pool, std::string owner);

    /// Opens the source and reads the first bytes, before a head says that there are any. False if that failed.
    Task<bool> begin();
    /// Sends all; each wait for the peer may last `stall`. The bytes sent: fewer than all if the peer or the source
    /// failed. Memory: two buffers of 256 KiB.
    Task<std::int64_t> send(std::chrono::milliseconds stall);
    /// For the log: why the source failed; empty if it did not.
    const std::string& cause() const { return cause_; }

private:
    struct Buffer {
        std::unique_ptr<std::byte[]> data;
        std::size_t used = 0;
    };

    void start_read(Buffer& buffer);
    void read(Buffer& buffer);
    Task<void> settle();

    const PulledBody& body_;
    Transport& transport_;
    WorkPool& pool_;
    Offload reading_;
    std::array<Buffer, 2> buffers_;
    std::unique_ptr<BodySource> source_; ///< of the pool's thread while `reading_` is busy, as are the next two
    std::int64_t read_ = 0;              ///< bytes taken from the source
    std::string cause_;
};

/// The part of a file, where it can't be handed to the socket as it is.
PulledBody pulled(const FileBody& file);

} // namespace landfall::http
