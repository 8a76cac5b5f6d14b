#pragma once
/// Stored objects that the catalog names and the store has not got, or has with another size: told once each, marked on
/// the items that show them, and made again where they were of our making.

#include "catalog/items/object.hpp"
#include "core/mutex.hpp"
#include "domain/context.hpp"
#include "storage/object_store.hpp"

#include <atomic>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace landfall::domain {

/// Whether the store has the bytes of the object, as far as their number tells. A store that does not answer has them.
bool is_whole(const storage::ObjectStore& store, const catalog::ObjectRow& object);

/// Thread-safe.
class LostObjects {
public:
    /// A blob was asked for and is not there. What it means is found out by `settle_noted`.
    void note(std::string_view blob_key);
    void settle_noted(const Services& services);

    /// Looks whether the store has these blobs. Those that it should have and has not are lost from now on: their
    /// assets are marked as missing, with one line in the log, and renditions are queued to be made again. Whether any
    /// is lost.
    bool settle(const Services& services, std::span<const std::string> blob_keys);

    /// Looks at what is marked: who came back from a backup loses its mark.
    void look_again(const Services& services);

    struct Stats {
        std::uint64_t missing = 0; ///< objects, as of the last look
        std::uint64_t asked = 0;   ///< how often one was asked for
    };
    Stats stats() const { return {missing_, asked_}; }

private:
    bool settle_one(const Services& services, const std::string& blob_key);
    bool mark(const Services& services, const catalog::ObjectRow& object);

    Mutex mutex_;
    std::set<std::string, std::less<>> noted_ GUARDED_BY(mutex_);
    std::set<std::string, std::less<>> told_ GUARDED_BY(mutex_); ///< are lost, and it was said
    std::atomic<std::uint64_t> missing_ = 0;
    std::atomic<std::uint64_t> asked_ = 0;
};

} // namespace landfall::domain
