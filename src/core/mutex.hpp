#pragma once
/// Mutexes that the compiler watches: what is GUARDED_BY one is touched only while it is held. clang's thread-safety
/// analysis checks it in the stage `unit`; to other compilers the annotations are nothing.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <stop_token>

#ifdef __clang__
#define LANDFALL_THREAD_ATTRIBUTE(attribute) __attribute__((attribute))
#else
#define LANDFALL_THREAD_ATTRIBUTE(attribute)
#endif

/// Of a class: it can be held.
#define CAPABILITY(name) LANDFALL_THREAD_ATTRIBUTE(capability(name))
/// Of a class: an object of it holds something, or lets go of it, while it lives.
#define SCOPED_CAPABILITY LANDFALL_THREAD_ATTRIBUTE(scoped_lockable)
/// Of a variable: the mutex is held wherever it is touched.
#define GUARDED_BY(mutex) LANDFALL_THREAD_ATTRIBUTE(guarded_by(mutex))
/// Of a function: whoever calls it holds the mutex.
#define REQUIRES(...) LANDFALL_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
/// Of a function: whoever calls it does not hold the mutex.
#define EXCLUDES(...) LANDFALL_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) LANDFALL_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) LANDFALL_THREAD_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define RELEASE(...) LANDFALL_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) LANDFALL_THREAD_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
/// Of a destructor that gives back whatever its object holds, exclusive or shared.
#define RELEASE_GENERIC(...) LANDFALL_THREAD_ATTRIBUTE(release_generic_capability(__VA_ARGS__))

namespace landfall {

/// Held by one thread at a time. Held and let go of by `Lock` and `Unlock` alone.
class CAPABILITY("mutex") Mutex {
public:
    Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    void lock() ACQUIRE() { mutex_.lock(); }
    void unlock() RELEASE() { mutex_.unlock(); }

private:
    friend class Condition;
    std::mutex mutex_;
};

/// Held by one thread that writes (`Lock`) or by many that read (`SharedLock`).
class CAPABILITY("shared mutex") SharedMutex {
public:
    SharedMutex() = default;
    SharedMutex(const SharedMutex&) = delete;
    SharedMutex& operator=(const SharedMutex&) = delete;

    void lock() ACQUIRE() { mutex_.lock(); }
    void unlock() RELEASE() { mutex_.unlock(); }
    void lock_shared() ACQUIRE_SHARED() { mutex_.lock_shared(); }
    void unlock_shared() RELEASE_SHARED() { mutex_.unlock_shared(); }

private:
    std::shared_mutex mutex_;
};

/// Holds a mutex while it lives.
template<typename M>
class SCOPED_CAPABILITY Lock {
public:
    explicit Lock(M& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() RELEASE() { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    M& mutex_;
};

/// Holds a mutex for reading while it lives.
class SCOPED_CAPABILITY SharedLock {
public:
    explicit SharedLock(SharedMutex& mutex) ACQUIRE_SHARED(mutex) : mutex_(mutex) { mutex_.lock_shared(); }
    ~SharedLock() RELEASE_GENERIC() { mutex_.unlock_shared(); }
    SharedLock(const SharedLock&) = delete;
    SharedLock& operator=(const SharedLock&) = delete;

private:
    SharedMutex& mutex_;
};

/// Lets go of a mutex that the caller holds while it lives, and holds it again after that, also when something throws.
class SCOPED_CAPABILITY Unlock {
public:
    explicit Unlock(Mutex& mutex) RELEASE(mutex) : mutex_(mutex) { mutex_.unlock(); }
    ~Unlock() RELEASE() { mutex_.lock(); } // RELEASE: ends what the constructor began
    Unlock(const Unlock&) = delete;
    Unlock& operator=(const Unlock&) = delete;

private:
    Mutex& mutex_;
};

/// What threads wait for that hold a mutex. Waits may end for no reason and take no predicate, which the analysis could
/// not look into: they stand in a loop that asks for what is awaited.
class Condition {
public:
    /// Lets go of the mutex until it is notified.
    void wait(Mutex& mutex) REQUIRES(mutex);
    /// The same, until `deadline` at most: false once that has passed.
    bool wait_until(Mutex& mutex, std::chrono::steady_clock::time_point deadline) REQUIRES(mutex);
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

private:
    std::condition_variable condition_;
};

/// Sleeps so long; false as soon as `stop` is requested.
bool sleep_unless_stopped(std::chrono::milliseconds duration, const std::stop_token& stop);

} // namespace landfall
