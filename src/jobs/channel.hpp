#pragma once
/// Frames with descriptors over a Unix stream socket: how the server and a worker talk.
///
/// A frame is a kind and a length (two little-endian 32-bit numbers) and its bytes. The peer may be hostile: lengths
/// are bounded by the reader, memory grows only with the bytes that arrived, and unexpected descriptors are dropped.

#include "core/descriptor.hpp"
#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::jobs {

using Deadline = std::chrono::steady_clock::time_point;
/// Never.
inline constexpr Deadline kNoDeadline = Deadline::max();

enum class FrameKind : std::uint32_t {
    Arguments = 1,  ///< to a task: its arguments
    Request = 2,    ///< to a service: a request, with descriptors
    Report = 3,     ///< from a task: {"share", "stage"}
    Answer = 4,     ///< the answer
    LastAnswer = 5, ///< the answer of a service worker that retires now
    Failure = 6,    ///< an Error as JSON
    Refused = 7,    ///< the worker could not confine itself; a sentence for the log
};

struct Frame {
    FrameKind kind = FrameKind::Failure;
    std::string bytes;
    std::vector<Descriptor> descriptors;
};

/// What came of waiting for a frame.
enum class Arrival { Frame, Timeout, Closed, Malformed };

/// At most this many descriptors travel with a frame.
inline constexpr std::size_t kMaxDescriptors = 16;

enum class Descriptors { Refuse, Accept };

/// One end of a connection. Not thread-safe.
class Channel {
public:
    Channel() = default;
    explicit Channel(Descriptor socket, Descriptors descriptors = Descriptors::Refuse);

    /// Sends a whole frame. DeadlineExceeded if the peer does not read in time (the channel is then unusable),
    /// Unavailable if it is gone, InvalidArgument for too many descriptors.
    Status send(FrameKind kind, std::string_view bytes, Deadline deadline = kNoDeadline,
                std::span<const int> descriptors = {});

    /// Waits for a whole frame of at most `max_bytes`. After Timeout the next call goes on where this one stopped.
    Arrival receive(Frame& frame, std::size_t max_bytes, Deadline deadline = kNoDeadline);

    int fd() const { return socket_.get(); }
    explicit operator bool() const { return static_cast<bool>(socket_); }
    void close() { socket_.reset(); }

private:
    Arrival fill(char* into, std::size_t wanted, std::size_t& have, Deadline deadline);

    Descriptor socket_;
    Descriptors accept_ = Descriptors::Refuse;
    char header_[8] = {};
    std::size_t header_have_ = 0;
    std::size_t body_have_ = 0;
    std::string body_;
    std::vector<Descriptor> received_;
};

/// Two connected ends, closed on exec. `type` is SOCK_STREAM or SOCK_SEQPACKET.
Result<std::pair<Descriptor, Descriptor>> connected_pair(int type);

/// Sends one datagram of a SOCK_SEQPACKET socket. Unavailable if the peer is gone.
Status send_datagram(int socket, std::string_view bytes, std::span<const int> descriptors = {});

/// Receives one datagram of at most `max_bytes` and up to kMaxDescriptors descriptors; an empty text at the end of the
/// stream. Blocks. Internal if the socket fails or the datagram is larger.
Result<Frame> receive_datagram(int socket, std::size_t max_bytes);

/// Milliseconds for poll(2) until the deadline: 0 when past, -1 for kNoDeadline.
int poll_timeout(Deadline deadline);

} // namespace landfall::jobs
