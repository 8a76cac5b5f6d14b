#include "catalog/migrations/schema.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <gtest/gtest.h>

namespace landfall::catalog {
namespace {

TEST(EmbeddedMigrations, AreNumberedWithoutGapsAndHaveAScriptForEachEngine) {
    int expected = 0;
    for (const database::Migration& migration : embedded_migrations()) {
        EXPECT_EQ(migration.version, ++expected);
        EXPECT_FALSE(migration.sqlite.empty()) << migration.name;
        EXPECT_FALSE(migration.postgres.empty()) << migration.name;
    }
    EXPECT_EQ(newest_schema_version(), expected);
}

using namespace test_support;

template<typename T>
class SchemaTest : public CatalogTest<T> {};
TYPED_TEST_SUITE(SchemaTest, Engines, EngineName);

TYPED_TEST(SchemaTest, OpensWithTheNewestSchemaOfThisProgram) {
    EXPECT_EQ(database::schema_version(this->engine_->url()).value_or(-1), newest_schema_version());
}

} // namespace
} // namespace landfall::catalog
