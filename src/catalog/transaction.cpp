#include "catalog/transaction.hpp"

namespace landfall::catalog {

Status Transactor::run(const std::function<Status(Transaction&)>& work) const {
    Effects effects;
    CHECK_OK(database_.write([&](Session& session) -> Status {
        Transaction transaction(session);
        CHECK_OK(work(transaction));
        effects = transaction.effects();
        return {};
    }));
    if (after_)
        after_(effects);
    return {};
}

} // namespace landfall::catalog
