#pragma once
/// What commands do in the catalog of a data folder: one transaction that is recorded in the audit log as well.

#include "admission/act.hpp"
#include "app/config.hpp"
#include "app/runtime.hpp"
#include "app/serve.hpp"
#include "catalog/ledger/audit.hpp"
#include "catalog/tenancy/organization.hpp"
#include "core/output.hpp"
#include "schema/json.hpp"

#include <string>
#include <vector>

namespace landfall::app {

/// The wall clock's now.
Timestamp now();

/// What a command did, for the audit log; its work fills in whom it concerned.
struct Deed {
    std::string command; ///< `key.create`
    admission::SideEffect effect = admission::SideEffect::Compute;
    OrganizationId organization{};
    std::vector<std::string> targets{};
    bool adds_only = false; ///< nothing that a server may remember becomes wrong by it
};

/// The audit record of a deed of whoever runs this program.
catalog::AuditRow record_of(const Deed& deed, Timestamp began);

/// Waits until no server gives out what it remembered before this deed was committed (decision 11), so that what a
/// command took away is gone when the command returns.
void settle(const Deed& deed);

/// Runs `work`, which takes a catalog::Transaction and the Deed and gives a text, in one transaction, which also
/// records it; prints the text once all servers go by it, or reports the failure. Gives the exit code.
template<typename Work>
int in_catalog(const Stores& stores, const Deed& deed, Work work) {
    const Timestamp began = now();
    auto answer = stores.transactor->run_for([&](catalog::Transaction& transaction) -> Result<std::string> {
        Deed done = deed;
        TRY(auto text, work(transaction, done));
        CHECK_OK(catalog::append_audit(transaction, record_of(done, began)));
        return text;
    });
    if (!answer)
        return report_failure(answer.error());
    settle(deed);
    put(stdout, *answer);
    return 0;
}

/// The same in the catalog of a configuration.
template<typename Work>
int in_catalog(const Config& config, const Deed& deed, Work work, DataFolder folder = DataFolder::MustExist) {
    const auto stores = open_stores(config, folder);
    return stores ? in_catalog(*stores, deed, std::move(work)) : report_failure(stores.error());
}

/// Records a command that has done its work in transactions of its own; what it did stands, recorded or not.
void record(const Stores& stores, const Deed& deed, Timestamp began);

/// JSON as one line.
std::string line(const Json& json);

/// NotFound, with a sentence, if no organization has this id or slug.
Result<catalog::OrganizationRow> find_organization(database::Session& session, const std::string& id_or_slug);

} // namespace landfall::app
