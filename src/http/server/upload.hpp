#pragma once
/// Private to src/http: moves one streamed body from the socket into its sink, reading the next buffer while the sink
/// takes the previous one.

#include "http/server/body_reader.hpp"
#include "http/server/offload.hpp"
#include "http/server/rate_floor.hpp"
#include "http/server/server.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace landfall::http {

class Upload {
public:
    enum class Outcome { Answered, Threw, PeerLeft, TooSlow, Malformed };

    struct Parts {
        Transport& transport;
        BodyReader& body;
        WorkPool& pool;
        const Limits& limits;
        std::string owner; ///< in whose name the sink works
    };

    Upload(Parts parts, std::unique_ptr<BodySink> sink);

    /// Returns when the sink has answered or the body can't go on; the sink is gone then. Memory: two buffers of 1 MiB.
    Task<Outcome> run();
    /// The sink's answer, after Answered.
    Response& answer() { return *answer_; }
    /// For the log, after Threw.
    const std::string& cause() const { return cause_; }

private:
    struct Buffer {
        std::unique_ptr<std::byte[]> data;
        std::size_t used = 0;
    };

    Task<bool> fill(Buffer& buffer);
    Task<void> settle();
    void guarded(const std::function<void()>& call);
    void start_write(const Buffer& buffer);
    void start_end(bool complete);
    Outcome failure() const;

    Parts parts_;
    std::unique_ptr<BodySink> sink_;
    Offload offload_;
    RateFloor floor_;
    std::array<Buffer, 2> buffers_;
    std::size_t capacity_;
    std::optional<Response> answer_; ///< written on the pool while `offload_` is busy
    std::string cause_;              ///< likewise: what the sink threw
    bool refused_ = false;           ///< the loop's view of the two
    bool below_floor_ = false;
};

} // namespace landfall::http
