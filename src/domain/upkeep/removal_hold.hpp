#pragma once
/// Keeping stored bytes where they are, for as long as somebody copies them.

#include "catalog/transaction.hpp"
#include "core/mutex.hpp"
#include "core/time.hpp"

#include <memory>
#include <string>
#include <thread>

namespace landfall::domain {

/// As long as it lives, no server of the catalog removes bytes that a row named when it was taken. A process that is
/// killed holds for minutes at most.
class RemovalHold {
public:
    static constexpr std::chrono::minutes kLasts{5};

    /// Both must outlive it.
    static Result<std::unique_ptr<RemovalHold>> take(const catalog::Transactor& transactor, const Clock& clock);
    ~RemovalHold();
    RemovalHold(const RemovalHold&) = delete;
    RemovalHold& operator=(const RemovalHold&) = delete;

    /// Unavailable if it did not last without a gap, as when the catalog could not be written for minutes.
    Status check() const;

private:
    RemovalHold(const catalog::Transactor& transactor, const Clock& clock, std::string id);
    void keep(const std::stop_token& stop);

    const catalog::Transactor& transactor_;
    const Clock& clock_;
    const std::string id_;
    std::jthread keeper_;
};

} // namespace landfall::domain
