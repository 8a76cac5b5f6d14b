#pragma once
/// The way of a part that is too large to be held: bytes come in on one thread and go out on another.

#include "core/mutex.hpp"
#include "outbound/http_client.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace landfall::storage {

/// Holds at most 1 MiB. The last byte is kept back until `release`, so that whoever takes the bytes has no whole part
/// before they were found to be right.
class PartPipe final : public outbound::BodySource {
public:
    explicit PartPipe(std::int64_t size) : size_(size) {}

    /// Waits for room. False once nobody takes the bytes any more.
    bool push(std::span<const std::byte> bytes);
    void release();
    /// The bytes are not to arrive.
    void cancel();
    /// Nobody takes bytes any more.
    void close();

    std::int64_t size() const override { return size_; }
    Status rewind() override;
    Result<std::size_t> read(std::span<char> buffer) override;

private:
    std::int64_t may_go() const REQUIRES(mutex_);

    const std::int64_t size_;
    Mutex mutex_;
    Condition changed_;
    std::vector<std::byte> held_ GUARDED_BY(mutex_);
    std::int64_t taken_ GUARDED_BY(mutex_) = 0; ///< bytes that went out
    bool released_ GUARDED_BY(mutex_) = false;
    bool canceled_ GUARDED_BY(mutex_) = false;
    bool closed_ GUARDED_BY(mutex_) = false;
};

} // namespace landfall::storage
