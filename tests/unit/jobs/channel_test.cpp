#include "jobs/channel.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <thread>

namespace landfall::jobs {
namespace {

using namespace std::chrono_literals;

struct Ends {
    explicit Ends(Descriptors accept = Descriptors::Refuse) {
        auto pair = *connected_pair(SOCK_STREAM);
        a = Channel(std::move(pair.first));
        b = Channel(std::move(pair.second), accept);
    }
    Channel a;
    Channel b;
};

Deadline soon() {
    return std::chrono::steady_clock::now() + 10ms;
}

TEST(Channel, FramesArriveWholeAndInOrder) {
    Ends ends;
    ASSERT_TRUE(ends.a.send(FrameKind::Report, "one").has_value());
    ASSERT_TRUE(ends.a.send(FrameKind::Answer, "").has_value());
    Frame frame;
    ASSERT_EQ(ends.b.receive(frame, 100), Arrival::Frame);
    EXPECT_EQ(frame.kind, FrameKind::Report);
    EXPECT_EQ(frame.bytes, "one");
    ASSERT_EQ(ends.b.receive(frame, 100), Arrival::Frame);
    EXPECT_EQ(frame.kind, FrameKind::Answer);
    EXPECT_EQ(frame.bytes, "");
}

TEST(Channel, AFrameSurvivesTimeoutsInItsMiddle) {
    Ends ends;
    const std::string wire("\x04\0\0\0\x03\0\0\0abc", 11);
    Frame frame;
    for (const char byte : wire.substr(0, 10)) {
        ASSERT_EQ(::send(ends.a.fd(), &byte, 1, 0), 1);
        EXPECT_EQ(ends.b.receive(frame, 100, soon()), Arrival::Timeout);
    }
    ASSERT_EQ(::send(ends.a.fd(), "c", 1, 0), 1);
    ASSERT_EQ(ends.b.receive(frame, 100, soon()), Arrival::Frame);
    EXPECT_EQ(frame.bytes, "abc");
}

TEST(Channel, ALengthOverTheReadersBoundIsMalformed) {
    Ends ends;
    ASSERT_TRUE(ends.a.send(FrameKind::Answer, "four").has_value());
    Frame frame;
    EXPECT_EQ(ends.b.receive(frame, 3), Arrival::Malformed);
}

TEST(Channel, TheEndOfTheStreamIsTold) {
    Ends ends;
    ends.a.close();
    Frame frame;
    EXPECT_EQ(ends.b.receive(frame, 3), Arrival::Closed);
    EXPECT_EQ(ends.b.send(FrameKind::Answer, "x").error().code, Code::Unavailable);
}

TEST(Channel, APeerThatDoesNotReadIsGivenUp) {
    Ends ends;
    EXPECT_EQ(ends.a.send(FrameKind::Answer, std::string(16 << 20, 'x'), soon()).error().code, Code::DeadlineExceeded);
}

TEST(Channel, LargeFramesPassWhileThePeerReads) {
    Ends ends;
    const std::string large(8 << 20, 'x');
    std::thread sender([&] { EXPECT_TRUE(ends.a.send(FrameKind::Answer, large).has_value()); });
    Frame frame;
    EXPECT_EQ(ends.b.receive(frame, 8 << 20), Arrival::Frame);
    sender.join();
    EXPECT_EQ(frame.bytes, large);
}

TEST(Channel, DescriptorsArriveOnlyWhereTheyAreAccepted) {
    for (const Descriptors accept : {Descriptors::Accept, Descriptors::Refuse}) {
        Ends ends(accept);
        const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        const int sent[] = {file.get(), file.get()};
        ASSERT_TRUE(ends.a.send(FrameKind::Request, "x", kNoDeadline, sent).has_value());
        Frame frame;
        ASSERT_EQ(ends.b.receive(frame, 10), Arrival::Frame);
        EXPECT_EQ(frame.descriptors.size(), accept == Descriptors::Accept ? 2U : 0U);
        for (const Descriptor& descriptor : frame.descriptors)
            EXPECT_NE(::fcntl(descriptor.get(), F_GETFD) & FD_CLOEXEC, 0);
    }
}

TEST(Channel, ADatagramOverTheBoundIsRefused) {
    auto ends = *connected_pair(SOCK_SEQPACKET);
    ASSERT_TRUE(send_datagram(ends.first.get(), "twelve bytes").has_value());
    EXPECT_FALSE(receive_datagram(ends.second.get(), 4).has_value());
}

} // namespace
} // namespace landfall::jobs
