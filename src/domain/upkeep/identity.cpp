#include "domain/upkeep/identity.hpp"

#include "catalog/items/object.hpp"
#include "catalog/ledger/store_identity.hpp"
#include "core/ids.hpp"
#include "database/turn.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {
namespace {

constexpr std::size_t kLongestName = 64; ///< bytes
constexpr std::size_t kSample = 100;

Error not_together(std::string_view why) {
    return {
        Code::Conflict,
        fmt::format("{}. Objects that a catalog does not know would be removed, so nothing is begun. Give `data`, "
                    "`storage` and `database` the values that belong together (is a disk not mounted, or did several "
                    "servers get folders of their own?), or restore a backup of both. If they do belong together, "
                    "run landfall storage adopt",
                    why)};
}

Result<std::optional<std::string>> name_of(const storage::ObjectStore& store) {
    const auto blob = store.open(kStoreIdentityKey);
    if (!blob && blob.error().code == Code::NotFound)
        return std::optional<std::string>();
    if (!blob)
        return fail(blob.error());
    std::string name(kLongestName, '\0');
    TRY(const std::size_t got, (*blob)->read(0, std::as_writable_bytes(std::span(name.data(), name.size()))));
    name.resize(got);
    return std::optional(std::move(name));
}

Status name_store(storage::ObjectStore& store, const std::string& name) {
    TRY(const auto writer, store.create(kStoreIdentityKey));
    CHECK_OK(writer->write(std::as_bytes(std::span(name.data(), name.size()))));
    return writer->finish().map([](const auto&) {});
}

/// Some blobs of the store.
Result<std::vector<std::string>> sample_of(const storage::ObjectStore& store) {
    std::vector<std::string> keys;
    CHECK_OK(store.list([&](const storage::BlobEntry& blob) {
        if (keys.size() < kSample && !blob.being_written && blob.key != kStoreIdentityKey)
            keys.push_back(blob.key);
    }));
    return keys;
}

/// Conflict unless the catalog knows of blobs of the store, or neither has any.
Status check_contents(database::Session& session, const storage::ObjectStore& store) {
    TRY(const auto held, sample_of(store));
    for (const auto& key : held) {
        TRY(const bool known, catalog::blob_is_known(session, key));
        if (known)
            return {};
    }
    if (!held.empty())
        return fail(not_together("The object store holds objects, and the catalog knows of none of them"));
    TRY(const bool known, catalog::has_objects(session));
    return known ? Status(fail(not_together("The catalog knows of objects, and the object store holds none")))
                 : Status();
}

/// The name that both are to have; Conflict if neither may take the other's.
Result<std::string> common_name(database::Session& session, const storage::ObjectStore& store,
                                const std::optional<std::string>& of_store) {
    TRY(auto of_catalog, catalog::find_store_identity(session));
    if (of_catalog && of_store && *of_catalog == *of_store)
        return *of_catalog;
    if (of_catalog && of_store)
        return fail(not_together("The catalog belongs to another object store than this one"));
    if (of_catalog)
        return fail(not_together("The catalog belongs to an object store, and this one is another or was emptied"));
    CHECK_OK(check_contents(session, store));
    return of_store.value_or(unique_part());
}

} // namespace

Status check_identity(const catalog::Transactor& transactor, storage::ObjectStore& store, Timestamp now) {
    return transactor.run([&](catalog::Transaction& transaction) -> Status {
        CHECK_OK(database::take_turn(transaction, "store identity"));
        TRY(const auto of_store, name_of(store));
        TRY(const std::string name, common_name(transaction, store, of_store));
        if (!of_store) // before the catalog has it, so that a kill between the two leaves a store that may be named
            CHECK_OK(name_store(store, name));
        return catalog::put_store_identity(transaction, name, now);
    });
}

Status adopt_store(const catalog::Transactor& transactor, storage::ObjectStore& store, Timestamp now) {
    return transactor.run([&](catalog::Transaction& transaction) -> Status {
        CHECK_OK(database::take_turn(transaction, "store identity"));
        TRY(auto name, name_of(store));
        if (!name) {
            name = unique_part();
            CHECK_OK(name_store(store, *name));
        }
        return catalog::put_store_identity(transaction, *name, now);
    });
}

} // namespace landfall::domain
