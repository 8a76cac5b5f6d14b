#pragma once
/// MD5 and SHA-256 of one stream of bytes at once: MD5, the slower one, runs on another thread.

#include "core/result.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace landfall::storage {

/// A few threads that hash for all writers of a store, started when the first one needs them. Thread-safe.
/// When they are busy, a writer's own thread does the work: nothing waits for a free thread.
class HashPool {
public:
    /// `threads` 0: as many as the machine has cores, at most 8.
    explicit HashPool(unsigned threads = 0);
    ~HashPool();
    HashPool(const HashPool&) = delete;
    HashPool& operator=(const HashPool&) = delete;

private:
    friend class Md5Lane;
    class Threads;
    std::shared_ptr<Threads> threads_;
};

struct Digests {
    std::string md5;    ///< raw, 16 bytes
    std::string sha256; ///< raw, 32 bytes
};

class Md5Lane;

/// Digests of one stream. One thread at a time. Holds at most 2 MiB, whatever the stream's size.
class Digester {
public:
    explicit Digester(const HashPool& pool);
    ~Digester();
    Digester(const Digester&) = delete;
    Digester& operator=(const Digester&) = delete;

    /// Takes the next bytes; they are copied or digested on return. Fastest with `kStep` bytes or a multiple.
    void update(std::span<const std::byte> bytes);

    /// Digests of all bytes so far; more may follow. Internal if the cryptographic library has not got them.
    Result<Digests> digest();

    static constexpr std::size_t kStep = std::size_t{1} << 18U; ///< bytes

private:
    struct Sha256;
    std::shared_ptr<Md5Lane> md5_;
    std::unique_ptr<Sha256> sha256_;
};

} // namespace landfall::storage
