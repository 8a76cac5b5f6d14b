#include "catalog/items/asset.hpp"
#include "catalog/migrations/schema.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

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

TEST(EmbeddedMigrations, SpeakEachEnginesDialectWhereOneScriptServesBoth) {
    for (const database::Migration& migration : embedded_migrations()) {
        EXPECT_EQ(migration.sqlite.find("{{"), std::string_view::npos) << migration.name;
        EXPECT_EQ(migration.postgres.find("{{"), std::string_view::npos) << migration.name;
    }
    const database::Migration& relations = embedded_migrations()[5];
    EXPECT_EQ(relations.name, "0006_relations");
    EXPECT_THAT(std::string(relations.sqlite), testing::HasSubstr("rendition_kind TEXT;"));
    EXPECT_THAT(std::string(relations.postgres), testing::HasSubstr("rendition_kind TEXT COLLATE \"C\";"));
}

using namespace test_support;
using namespace std::string_literals;

template<typename T>
class SchemaTest : public CatalogTest<T> {};
TYPED_TEST_SUITE(SchemaTest, Engines, EngineName);

TYPED_TEST(SchemaTest, OpensWithTheNewestSchemaOfThisProgram) {
    EXPECT_EQ(database::schema_version(this->engine_->url()).value_or(-1), newest_schema_version());
}

constexpr std::string_view kBeforeRelations = R"(
INSERT INTO item (id, organization_id, project_no, project_id, collection_no, stac_id, type, name, lifecycle_state,
    created_at, updated_at, version, record, properties, stac_extensions, facts, document)
VALUES ('it_1', 'org_1', 1, 'prj_1', 0, 's', 'user_raster', 'n', 'active', 1, 1, 1, '{}', '{}', '[]', '{}', '{}');
INSERT INTO asset (id, organization_id, project_id, item_id, asset_key, file_name, media_type, roles, facts,
    is_rendition, created_at, updated_at)
VALUES ('as_1', 'org_1', 'prj_1', 'it_1', 'data', 'a.tif', 'image/tiff', '[]', '{"epsg":4326}', 0, 1, 1),
    ('as_2', 'org_1', 'prj_1', 'it_1', 'cog', 'a.tif', 'image/tiff', '[]', '{"rendition_of":"as_1","kind":"cog"}', 1, 2,
        2),
    ('as_3', 'org_1', 'prj_1', 'it_1', 'odd', 'b.tif', 'image/tiff', '[]', '{}', 1, 3, 3);
INSERT INTO provenance_edge (id, organization_id, src_type, src_id, dst_type, dst_id, relation, invocation_id,
    created_at)
VALUES ('e1', 'org_1', 'asset', 'as_1', 'item', 'it_1', 'derived_from', 'r', 1),
    ('e2', 'org_1', 'asset', 'as_1', 'upload', 'up_1', 'derived_from', 'r', 1),
    ('e3', 'org_1', 'asset', 'as_2', 'asset', 'as_1', 'derived_from', 'r', 2);
)";

TYPED_TEST(SchemaTest, ACatalogFromBeforeTheRelationsLearnsThemFromFactsAndLineage) {
    const TypeParam engine;
    const auto connection = engine.connect();
    ASSERT_TRUE(connection);
    ASSERT_TRUE(database::apply_migrations(**connection, embedded_migrations().first(5)));
    const Status filled = (*connection)->script(kBeforeRelations);
    ASSERT_TRUE(filled) << filled.error().cause;
    const Status done = database::apply_migrations(**connection, embedded_migrations());
    ASSERT_TRUE(done) << done.error().cause;
    const auto assets = list_assets(**connection, OrganizationId("org_1"s), ItemId("it_1"s));
    ASSERT_TRUE(assets) << assets.error().cause;
    ASSERT_EQ(assets->size(), 3);
    const AssetRow& original = (*assets)[0];
    EXPECT_EQ(original.upload_id, UploadId("up_1"s));
    EXPECT_FALSE(original.derived_from_asset || original.rendition_kind || original.sidecar_of);
    const AssetRow& cog = (*assets)[1];
    EXPECT_EQ(cog.derived_from_asset, AssetId("as_1"s));
    EXPECT_EQ(cog.rendition_kind, RenditionKind::Cog);
    EXPECT_FALSE(cog.upload_id || cog.sidecar_of);
    EXPECT_FALSE((*assets)[2].derived_from_asset || (*assets)[2].rendition_kind);
}

} // namespace
} // namespace landfall::catalog
