#include "catalog/change.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/work/job_link.hpp"
#include "catalog/work/part_upload.hpp"
#include "catalog/work/processing_job.hpp"
/// Holds every column table against the schema of a real catalog.

#include "catalog/items/asset.hpp"
#include "catalog/items/collection.hpp"
#include "catalog/items/item_index.hpp"
#include "catalog/items/object.hpp"
#include "catalog/items/profile.hpp"
#include "catalog/items/provenance.hpp"
#include "catalog/ledger/audit.hpp"
#include "catalog/ledger/catalog_use.hpp"
#include "catalog/ledger/rate_window.hpp"
#include "catalog/ledger/removal_hold.hpp"
#include "catalog/ledger/store_identity.hpp"
#include "catalog/ledger/upkeep_turn.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/ledger/usage_share.hpp"
#include "catalog/sign_in/attempt.hpp"
#include "catalog/sign_in/device_request.hpp"
#include "catalog/sign_in/session.hpp"
#include "catalog/sign_in/token_key.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/band_formula.hpp"
#include "catalog/tenancy/invitation.hpp"
#include "catalog/tenancy/member.hpp"
#include "catalog/tenancy/subscription.hpp"
#include "catalog/vocabulary.hpp"
#include "catalog/work/idempotency.hpp"
#include "catalog/work/job_link.hpp"
#include "catalog/work/upload.hpp"
#include "database/table_rows.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace landfall::catalog {
namespace {

using namespace test_support;
using Names = std::vector<std::string>;

/// Of both engines. A new row type belongs here; a table without one is told.
using Rows = std::tuple<OrganizationRow, SubscriptionRow, UserRow, MembershipRow, ProjectRow, ProjectMemberRow,
                        InvitationRow, PasswordLinkRow, ApiKeyRow, SigningKeyRow, UsageCounterRow, UsageEntry,
                        CatalogUseRow, AuditRow, StoreIdentityRow, RemovalHoldRow, UpkeepTurnRow, UsageShareRow,
                        RateWindowRow, IdempotencyKeyRow, CollectionRow, ItemRow, ObjectRow, AssetRow, ProfileRow,
                        BandFormulaRow, EdgeRow, UploadRow, UploadFileRow, PartUploadRow, ArrivedPartRow, JobRow,
                        JobLinkRow, JobBlobRow, EventRow, TokenKeyRow, SessionRow, SessionSecretRow, SignInFailureRow,
                        SignInAddressRow, DeviceRequestRow, SentFormRow, ProcessingJobRow, CreditRow>;
using SqliteRows = std::tuple<ItemKeyRow<Engine::Sqlite>, ItemTallyRow<Engine::Sqlite>, ItemBoxRow, ItemOutlineRow,
                              ChangeRow<Engine::Sqlite>>;
using PostgresRows =
    std::tuple<ItemKeyRow<Engine::Postgres>, ItemTallyRow<Engine::Postgres>, ChangeRow<Engine::Postgres>>;
using Excerpts = std::tuple<DeletedItem, ItemPlace, PutRecord, JobSummary, ProjectSummary, DeletedProject,
                            Member<auth::ProjectRole>, Member<auth::OrganizationRole>, OwnMembership>;

constexpr std::string_view kTablesSqlite =
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') "
    "AND name NOT LIKE 'sqlite_%' ORDER BY name";
constexpr std::string_view kTablesPostgres =
    "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() "
    "ORDER BY table_name";
constexpr std::string_view kColumnsSqlite = "SELECT name FROM pragma_table_info(?1)";
constexpr std::string_view kColumnsPostgres =
    "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = current_schema() "
    "AND table_name = ?1";

template<typename Row>
Names named_columns() {
    Names names;
    each_column<Row>([&](const auto& column) {
        if (column.use != Use::Joined)
            names.emplace_back(column.name);
    });
    return names;
}

/// Calls `visit` with a default value of each type of a tuple.
template<typename Tuple, typename Visit>
void each_type(Visit visit) {
    std::apply([&](const auto&... row) { (visit(row), ...); }, Tuple{});
}

template<typename E>
class ColumnTables : public CatalogTest<E> {
protected:
    Names list(std::string_view sqlite, std::string_view postgres, const auto&... arguments) {
        return this->got(
            [&](Session& s) { return s.all(s.pick(sqlite, postgres), read_as<std::string>, arguments...); });
    }
    Names stored_columns(std::string_view table) { return list(kColumnsSqlite, kColumnsPostgres, table); }

    template<typename Visit>
    void each_row(Visit visit) {
        each_type<Rows>(visit);
        if constexpr (E::kEngine == Engine::Sqlite)
            each_type<SqliteRows>(visit);
        else
            each_type<PostgresRows>(visit);
    }
};
TYPED_TEST_SUITE(ColumnTables, Engines, EngineName);

TYPED_TEST(ColumnTables, NameExactlyTheColumnsOfTheirTables) {
    this->each_row([&]<typename Row>(const Row&) {
        const std::string_view table = table_of<Row>.name;
        EXPECT_TRUE(table_of<Row>.is_whole) << table;
        EXPECT_THAT(named_columns<Row>(), testing::UnorderedElementsAreArray(this->stored_columns(table))) << table;
    });
}

TYPED_TEST(ColumnTables, ExcerptsNameColumnsOfTheirTables) {
    each_type<Excerpts>([&]<typename Row>(const Row&) {
        const std::string_view table = table_of<Row>.name;
        EXPECT_FALSE(table_of<Row>.is_whole) << table;
        EXPECT_THAT(named_columns<Row>(), testing::IsSubsetOf(this->stored_columns(table))) << table;
    });
}

TYPED_TEST(ColumnTables, StandForEveryTableOfTheCatalog) {
    Names named{"schema_migration"};
    this->each_row([&]<typename Row>(const Row&) { named.emplace_back(table_of<Row>.name); });
    EXPECT_THAT(named, testing::UnorderedElementsAreArray(this->list(kTablesSqlite, kTablesPostgres)));
}

} // namespace
} // namespace landfall::catalog
