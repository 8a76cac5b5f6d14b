#include "catalog/items/object_lock.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kLock = "SELECT 1 FROM object WHERE organization_id = ?1 AND id = ?2 FOR UPDATE";

} // namespace

Status lock_object(Session& session, const OrganizationId& organization, const ObjectId& id) {
    if (session.engine() == Engine::Sqlite)
        return {};
    return session.each(kLock, [](const Row&) {}, organization, id);
}

} // namespace landfall::catalog
