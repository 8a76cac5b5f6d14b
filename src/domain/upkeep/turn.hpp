#pragma once
/// One server at a time does what is done once for all servers of a catalog.

#include "catalog/transaction.hpp"
#include "core/mutex.hpp"
#include "core/time.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace landfall::domain {

/// A server's turn, which no other server of the catalog gets as long as this lives, nor for a while afterwards. What a
/// killed server held is free within minutes.
class Turn {
public:
    static constexpr std::chrono::minutes kLasts{5};

    /// Nothing if another server holds it, or ended one less than `every` ago. Both must outlive it.
    static Result<std::unique_ptr<Turn>> take(const catalog::Transactor& transactor, const Clock& clock,
                                              const std::string& name, std::chrono::seconds every);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Turn(const catalog::Transactor& transactor, const Clock& clock, std::string name, std::string holder);
    void keep(const std::stop_token& stop);

    const catalog::Transactor& transactor_;
    const Clock& clock_;
    const std::string name_;
    const std::string holder_;
    std::jthread keeper_;
};

} // namespace landfall::domain
