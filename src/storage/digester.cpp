#include "storage/digester.hpp"

#include "core/digest.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace landfall::storage {
namespace {

constexpr std::size_t kMostQueued = 6;
constexpr unsigned kMostThreads = 8;

} // namespace

/// The threads themselves, and the lanes that wait for one.
class HashPool::Threads {
public:
    explicit Threads(unsigned count) : count_(count) {}

    void post(std::shared_ptr<Md5Lane> lane);
    void stop();

private:
    void start_one();
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Md5Lane>> waiting_; // guarded by mutex_
    std::vector<std::thread> running_;             // guarded by mutex_
    std::size_t idle_ = 0;                         // guarded by mutex_
    bool stopping_ = false;                        // guarded by mutex_
    const unsigned count_;
};

/// The MD5 of one stream: chunks in order, digested by whichever thread has claimed the lane.
class Md5Lane : public std::enable_shared_from_this<Md5Lane> {
public:
    explicit Md5Lane(const HashPool& pool) : threads_(pool.threads_), hash_(DigestKind::Md5) {}

    /// Called by the stream's owner only, as are `value` and `abandon`.
    void append(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const std::size_t take = std::min(bytes.size(), Digester::kStep - open_.size());
            open_.insert(open_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(take));
            bytes = bytes.subspan(take);
            if (open_.size() == Digester::kStep)
                push();
        }
    }

    Result<std::string> value() {
        std::unique_lock lock(mutex_);
        while (claimed_ || !full_.empty())
            help(lock);
        hash_.update(open_);
        open_.clear();
        return hash_.value();
    }

    void abandon() {
        const std::lock_guard lock(mutex_);
        full_.clear();
    }

    /// Called by a pool thread.
    void run() {
        std::unique_lock lock(mutex_);
        posted_ = false;
        if (claimed_)
            return;
        while (!full_.empty())
            digest_one(lock);
    }

private:
    void push() {
        std::unique_lock lock(mutex_);
        while (full_.size() >= kMostQueued)
            help(lock);
        full_.push_back(std::move(open_));
        open_ = {};
        if (!spare_.empty()) {
            open_ = std::move(spare_.back());
            spare_.pop_back();
            open_.clear();
        }
        if (posted_ || claimed_)
            return;
        posted_ = true;
        lock.unlock();
        threads_->post(shared_from_this());
    }

    /// Digests a chunk on this thread, or waits while another one does.
    void help(std::unique_lock<std::mutex>& lock) {
        if (claimed_)
            changed_.wait(lock);
        else
            digest_one(lock);
    }

    void digest_one(std::unique_lock<std::mutex>& lock) {
        claimed_ = true;
        auto chunk = std::move(full_.front());
        full_.pop_front();
        lock.unlock();
        hash_.update(chunk);
        lock.lock();
        spare_.push_back(std::move(chunk));
        claimed_ = false;
        changed_.notify_all();
    }

    using Chunk = std::vector<std::byte>;
    const std::shared_ptr<HashPool::Threads> threads_;
    Chunk open_;  // of the owner's thread
    Digest hash_; // of the thread that set claimed_, or of the owner when nothing is claimed or queued
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Chunk> full_;   // guarded by mutex_
    std::vector<Chunk> spare_; // guarded by mutex_
    bool claimed_ = false;     // guarded by mutex_: a thread digests
    bool posted_ = false;      // guarded by mutex_: a pool thread will come
};

void HashPool::Threads::post(std::shared_ptr<Md5Lane> lane) {
    const std::lock_guard lock(mutex_);
    if (stopping_)
        return;
    waiting_.push_back(std::move(lane));
    if (idle_ < waiting_.size() && running_.size() < count_)
        start_one();
    wake_.notify_one();
}

void HashPool::Threads::start_one() {
    try {
        running_.emplace_back([this] { run(); });
    } catch (const std::system_error&) {
        // Without a thread the writers digest for themselves.
        if (running_.empty())
            waiting_.clear();
    }
}

void HashPool::Threads::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        --idle_;
        if (stopping_)
            return;
        const auto lane = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        lane->run();
        lock.lock();
    }
}

void HashPool::Threads::stop() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
        threads.swap(running_);
    }
    wake_.notify_all();
    for (auto& thread : threads)
        thread.join();
}

HashPool::HashPool(unsigned threads)
    : threads_(std::make_shared<Threads>(
          threads != 0 ? threads : std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads))) {}

HashPool::~HashPool() {
    threads_->stop();
}

struct Digester::Sha256 {
    Digest hash{DigestKind::Sha256};
};

Digester::Digester(const HashPool& pool) : md5_(std::make_shared<Md5Lane>(pool)), sha256_(std::make_unique<Sha256>()) {}

Digester::~Digester() {
    md5_->abandon();
}

void Digester::update(std::span<const std::byte> bytes) {
    md5_->append(bytes);
    sha256_->hash.update(bytes);
}

Result<Digests> Digester::digest() {
    TRY(auto md5, md5_->value());
    TRY(auto sha256, sha256_->hash.value());
    return Digests{std::move(md5), std::move(sha256)};
}

} // namespace landfall::storage
