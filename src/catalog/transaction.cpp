#include "catalog/transaction.hpp"

#include "catalog/change.hpp"

namespace landfall::catalog {

Status Transactor::run(const std::function<Status(Transaction&)>& work) const {
    Effects effects;
    CHECK_OK(database_.write([&](Session& session) -> Status {
        Transaction transaction(session);
        CHECK_OK(work(transaction));
        for (const auto& organization : transaction.effects().changed)
            CHECK_OK(note_change(session, organization));
        effects = transaction.effects();
        return {};
    }));
    if (after_)
        after_(effects);
    return {};
}

} // namespace landfall::catalog
