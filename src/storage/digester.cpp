#include "storage/digester.hpp"

#include "core/digest.hpp"
#include "core/mutex.hpp"

#include <deque>
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
    void start_one() REQUIRES(mutex_);
    void run();

    Mutex mutex_;
    Condition wake_;
    std::deque<std::shared_ptr<Md5Lane>> waiting_ GUARDED_BY(mutex_);
    std::vector<std::thread> running_ GUARDED_BY(mutex_);
    std::size_t idle_ GUARDED_BY(mutex_) = 0;
    bool stopping_ GUARDED_BY(mutex_) = false;
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
        const Lock lock(mutex_);
        while (claimed_ || !full_.empty())
            help();
        hash_.update(open_);
        open_.clear();
        return hash_.value();
    }

    void abandon() {
        const Lock lock(mutex_);
        full_.clear();
    }

    /// Called by a pool thread.
    void run() {
        const Lock lock(mutex_);
        posted_ = false;
        if (claimed_)
            return;
        while (!full_.empty())
            digest_one();
    }

private:
    void push() {
        {
            const Lock lock(mutex_);
            while (full_.size() >= kMostQueued)
                help();
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
        }
        threads_->post(shared_from_this());
    }

    /// Digests a chunk on this thread, or waits while another one does.
    void help() REQUIRES(mutex_) {
        if (claimed_)
            changed_.wait(mutex_);
        else
            digest_one();
    }

    void digest_one() REQUIRES(mutex_) {
        claimed_ = true;
        auto chunk = std::move(full_.front());
        full_.pop_front();
        {
            const Unlock meanwhile(mutex_);
            hash_.update(chunk);
        }
        spare_.push_back(std::move(chunk));
        claimed_ = false;
        changed_.notify_all();
    }

    using Chunk = std::vector<std::byte>;
    const std::shared_ptr<HashPool::Threads> threads_;
    Chunk open_;  // of the owner's thread
    Digest hash_; // of the thread that set claimed_, or of the owner when nothing is claimed or queued
    Mutex mutex_;
    Condition changed_;
    std::deque<Chunk> full_ GUARDED_BY(mutex_);
    std::vector<Chunk> spare_ GUARDED_BY(mutex_);
    bool claimed_ GUARDED_BY(mutex_) = false; ///< a thread digests
    bool posted_ GUARDED_BY(mutex_) = false;  ///< a pool thread will come
};

void HashPool::Threads::post(std::shared_ptr<Md5Lane> lane) {
    const Lock lock(mutex_);
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
    const Lock lock(mutex_);
    while (true) {
        ++idle_;
        while (!stopping_ && waiting_.empty())
            wake_.wait(mutex_);
        --idle_;
        if (stopping_)
            return;
        const auto lane = std::move(waiting_.front());
        waiting_.pop_front();
        const Unlock meanwhile(mutex_);
        lane->run();
    }
}

void HashPool::Threads::stop() {
    std::vector<std::thread> threads;
    {
        const Lock lock(mutex_);
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
