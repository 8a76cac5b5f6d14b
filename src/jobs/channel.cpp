#include "jobs/channel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>

namespace landfall::jobs {
namespace {

constexpr std::size_t kGrowBy = 1 << 20;

struct alignas(cmsghdr) ControlBuffer {
    char bytes[CMSG_SPACE(sizeof(int) * kMaxDescriptors)];
};

void put_u32(char* out, std::uint32_t value) {
    for (int i = 0; i < 4; ++i)
        out[i] = static_cast<char>(value >> (8 * i));
}

std::uint32_t get_u32(const char* in) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i)
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(in[i])) << (8 * i);
    return value;
}

bool is_known(std::uint32_t kind) {
    return kind >= static_cast<std::uint32_t>(FrameKind::Arguments) &&
           kind <= static_cast<std::uint32_t>(FrameKind::Refused);
}

void attach(msghdr& message, ControlBuffer& control, std::span<const int> descriptors) {
    if (descriptors.empty())
        return;
    std::memset(control.bytes, 0, sizeof control.bytes);
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
}

void collect(msghdr& message, std::vector<Descriptor>& into) {
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof fd);
            into.emplace_back(fd);
        }
    }
}

bool wait_for(int socket, short events, Deadline deadline) {
    for (;;) {
        pollfd entry{socket, events, 0};
        const int ready = ::poll(&entry, 1, poll_timeout(deadline));
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

} // namespace

int poll_timeout(Deadline deadline) {
    if (deadline == kNoDeadline)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

Channel::Channel(Descriptor socket, Descriptors descriptors) : socket_(std::move(socket)), accept_(descriptors) {}

Status Channel::send(FrameKind kind, std::string_view bytes, Deadline deadline, std::span<const int> descriptors) {
    if (descriptors.size() > kMaxDescriptors)
        return fail(Code::InvalidArgument, "Too many files in one request");
    char header[8];
    put_u32(header, static_cast<std::uint32_t>(kind));
    put_u32(header + 4, static_cast<std::uint32_t>(bytes.size()));
    std::size_t sent = 0;
    const std::size_t total = sizeof header + bytes.size();
    while (sent < total) {
        iovec parts[2] = {{header + std::min(sent, sizeof header), sizeof header - std::min(sent, sizeof header)},
                          {const_cast<char*>(bytes.data()) + (sent > sizeof header ? sent - sizeof header : 0),
                           sent > sizeof header ? total - sent : bytes.size()}};
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = 2;
        ControlBuffer control;
        attach(message, control, sent == 0 ? descriptors : std::span<const int>{});
        const ssize_t count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0)
            sent += static_cast<std::size_t>(count);
        else if (errno == EAGAIN && !wait_for(socket_.get(), POLLOUT, deadline))
            return fail(Code::DeadlineExceeded, "The worker did not take its input in time");
        else if (errno != EAGAIN && errno != EINTR)
            return fail(Error(Code::Unavailable, "The worker is gone").because(std::generic_category().message(errno)));
    }
    return {};
}

Arrival Channel::fill(char* into, std::size_t wanted, std::size_t& have, Deadline deadline) {
    while (have < wanted) {
        iovec part{into + have, wanted - have};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        ControlBuffer control;
        if (accept_ == Descriptors::Accept) {
            message.msg_control = control.bytes;
            message.msg_controllen = sizeof control.bytes;
        }
        const ssize_t count = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (count > 0 && accept_ == Descriptors::Accept)
            collect(message, received_);
        if (received_.size() > kMaxDescriptors)
            return Arrival::Malformed;
        if (count > 0) {
            have += static_cast<std::size_t>(count);
            continue;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR))
            return Arrival::Closed;
        if (errno == EAGAIN && !wait_for(socket_.get(), POLLIN, deadline))
            return Arrival::Timeout;
    }
    return Arrival::Frame;
}

Arrival Channel::receive(Frame& frame, std::size_t max_bytes, Deadline deadline) {
    if (const Arrival head = fill(header_, sizeof header_, header_have_, deadline); head != Arrival::Frame)
        return head;
    const std::uint32_t kind = get_u32(header_);
    const std::size_t length = get_u32(header_ + 4);
    if (!is_known(kind) || length > max_bytes)
        return Arrival::Malformed;
    while (body_have_ < length) {
        const std::size_t step = std::min(length, body_have_ + kGrowBy);
        body_.resize(step);
        if (const Arrival body = fill(body_.data(), step, body_have_, deadline); body != Arrival::Frame)
            return body;
    }
    frame = Frame{static_cast<FrameKind>(kind), std::exchange(body_, {}), std::exchange(received_, {})};
    header_have_ = body_have_ = 0;
    return Arrival::Frame;
}

Result<std::pair<Descriptor, Descriptor>> connected_pair(int type) {
    int ends[2];
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
        return fail_internal("socketpair: " + std::generic_category().message(errno));
    return std::pair(Descriptor(ends[0]), Descriptor(ends[1]));
}

Status send_datagram(int socket, std::string_view bytes, std::span<const int> descriptors) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    ControlBuffer control;
    attach(message, control, descriptors);
    ssize_t count = -1;
    do
        count = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return fail(Error(Code::Unavailable, "The worker launcher is not running; it is started again in a moment")
                        .because("sendmsg: " + std::generic_category().message(errno)));
    return {};
}

Result<Frame> receive_datagram(int socket, std::size_t max_bytes) {
    Frame frame;
    frame.bytes.resize(max_bytes);
    iovec part{frame.bytes.data(), frame.bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    ControlBuffer control;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    ssize_t count = -1;
    do
        count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        collect(message, frame.descriptors);
    if (count < 0 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        return fail_internal(count < 0 ? "recvmsg: " + std::generic_category().message(errno) : "datagram too large");
    frame.bytes.resize(static_cast<std::size_t>(count));
    return frame;
}

} // namespace landfall::jobs
