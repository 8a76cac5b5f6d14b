#pragma once
/// Who asks the database how much: one face of it for each asker.

#include "database/database.hpp"

#include <atomic>
#include <cstdint>
#include <string>

namespace landfall::database {

/// Counts the statements that pass through it to `real`, which must outlive it and its watches. Thread-safe.
class MeteredDatabase final : public Database {
public:
    /// `asker` names those who use this face, in the metrics.
    MeteredDatabase(Database& real, std::string asker) : real_(real), asker_(std::move(asker)) {}

    Engine engine() const override { return real_.engine(); }
    Status write(const std::function<Status(Session&)>& work) override;
    Status read(const std::function<Status(Session&)>& work) const override;
    std::unique_ptr<Watch> watch() const override;

    const std::string& asker() const { return asker_; }
    /// Statements since the start.
    std::uint64_t statements() const { return statements_.load(std::memory_order_relaxed); }
    /// Transactions and snapshots since the start, with what was waited for them.
    struct Calls {
        std::uint64_t done = 0, failed = 0;
        double seconds = 0;
    };
    Calls writes() const { return writes_.now(); }
    Calls reads() const { return reads_.now(); }

private:
    class Meter {
    public:
        /// What `call` answers.
        template<typename Call>
        Status measure(Call call);
        Calls now() const;

    private:
        std::atomic<std::uint64_t> done_ = 0, failed_ = 0, microseconds_ = 0;
    };

    Database& real_;
    std::string asker_;
    mutable std::atomic<std::uint64_t> statements_ = 0;
    Meter writes_;
    mutable Meter reads_;
};

} // namespace landfall::database
