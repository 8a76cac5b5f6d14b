#include "support/domain_fixture.hpp"

#include "catalog/migrations/schema.hpp"
#include "domain/ingest/ingest.hpp"
#include "domain/ingest/upload_bytes.hpp"
#include "domain/ingest/uploads.hpp"
#include "imagery/facts.hpp"
#include "storage/object_store.hpp"
#include "support/hostile_worker.hpp"
#include "support/usage_probe.hpp"

#include <unistd.h>

namespace landfall::testing {
namespace {

std::unique_ptr<jobs::Launcher>& launcher_slot() {
    static std::unique_ptr<jobs::Launcher> slot;
    return slot;
}

/// Does what the file says.
Result<Json> canned_probe(const std::string& folder, const imagery::ProbeArguments& arguments, const jobs::Progress&) {
    const std::string content = read_bytes(folder + "/" + arguments.files.file);
    if (content.find("refuse") != std::string::npos)
        return fail(Code::InvalidArgument, "The file is not an image");
    if (content.find("crash") != std::string::npos)
        ::_exit(9);
    while (content.find("hang") != std::string::npos)
        ::pause();
    Json facts = canned_facts();
    facts.set("warnings", Json::array({Json(std::to_string(arguments.files.sidecars.size()) + " sidecars")}));
    if (content.find("lie") != std::string::npos)
        facts.set("media_type", "text/html");
    return facts;
}

Result<std::string> probe_as_told(const std::string& folder, const Json& json, const jobs::Progress& progress) {
    TRY(const auto arguments, schema::read_checked<imagery::ProbeArguments>(json));
    if (auto lie = told_lie("probe", folder, arguments.files.file))
        return *std::move(lie);
    return canned_probe(folder, arguments, progress).map([](const Json& facts) { return facts.dump(); });
}

domain::Settings settings_in(const PrivateFolder& folder) {
    domain::Settings settings;
    settings.public_url = "http://localhost:8080";
    settings.scratch_directory = folder / "scratch";
    return settings;
}

std::unique_ptr<database::Database> open_catalog_in(const PrivateFolder& folder) {
    auto opened = catalog::open({.url = "sqlite:" + (folder / "catalog.db"), .readers = 3});
    EXPECT_TRUE(opened.has_value());
    return *std::move(opened);
}

} // namespace

jobs::Launcher& launcher() {
    return *launcher_slot();
}

int run_domain_tests(int argc, char** argv) {
    // GoogleTest may start threads, and a launcher must be forked before the first.
    jobs::WorkerProgram program;
    program.tasks.emplace_back(imagery::kProbe.name, probe_as_told);
    add_hostile_workers(program);
    auto started = jobs::Launcher::start(std::move(program));
    if (!started)
        return 1;
    launcher_slot() = *std::move(started);
    ::testing::InitGoogleTest(&argc, argv);
    const int result = RUN_ALL_TESTS();
    launcher_slot().reset();
    return result;
}

std::string canned_tiff(std::string_view says) {
    std::string bytes("II*\0\x08\0\0\0", 8);
    bytes.append(says);
    bytes.resize(64, ' ');
    return bytes;
}

Json canned_facts() {
    imagery::Facts facts;
    facts.driver = "GTiff";
    facts.media_type = "image/tiff; application=geotiff";
    facts.epsg = 4326;
    facts.bbox = {8, 47, 9, 48};
    facts.geometry = Json::parse(R"({"type":"Polygon","coordinates":[[[8,47],[9,47],[9,48],[8,48],[8,47]]]})").value();
    facts.gsd = 10;
    facts.datetime = "2026-05-18T04:21:00Z";
    auto& raster = facts.raster.emplace();
    raster.width = raster.height = 16;
    raster.band_count = 1;
    raster.renderable = true;
    raster.is_cog = true;
    raster.transform = {8, 1.0 / 16, 0, 48, 0, -1.0 / 16};
    auto& band = raster.bands.emplace_back();
    band.name = "b1";
    band.data_type = "uint8";
    band.nodata = 0;
    band.statistics =
        imagery::BandStatistics{.min = 1, .max = 9, .mean = 5, .std = 2, .p2 = 1, .p98 = 9, .valid = 1, .exact = true};
    return Json::parse(schema::to_json_text(facts)).value();
}

DomainTest::DomainTest()
    : database(open_catalog_in(folder)), store(storage::make_memory_store()),
      upkeep{[this] { ++woken; }, [this] { ++told; }},
      transactor(*database, domain::after_commit({*database, *store, clock}, versions, upkeep)),
      fetched(storage::BlobCache::open(*store, {folder / "blobs", 0}).value()),
      tiles(launcher(), imagery::kDrawTile, 1, {}), journal(std::make_unique<domain::Journal>(transactor, clock)),
      watcher(std::make_unique<domain::ChangeWatcher>(*database, versions)),
      services{.database = *database,
               .transactor = transactor,
               .store = *store,
               .blobs = *fetched,
               .lost = lost,
               .launcher = launcher(),
               .workers = health,
               .tiles = tiles,
               .probes = probes,
               .clock = clock,
               .search_counts = search_counts,
               .extents = extents,
               .versions = versions,
               .known_keys = known_keys,
               .tile_sources = tile_sources,
               .tile_cache = tile_cache,
               .downloads = downloads,
               .arriving = arriving,
               .journal = *journal,
               .settings = settings_in(folder),
               .signing_key = {"LANDFALLTEST", "secret of the test"},
               .server_epoch = 1} {
    organization = new_organization("Home");
    project = new_project(organization, "Here");
    key = key_of(organization);
}

DomainTest::~DomainTest() = default;

OrganizationId DomainTest::new_organization(const std::string& name) {
    catalog::OrganizationRow row;
    row.id = OrganizationId::make();
    row.name = name;
    row.slug = row.id.str();
    row.created_at = row.updated_at = clock.now();
    const auto made = database->write_for([&](database::Session& s) { return catalog::insert_organization(s, row); });
    EXPECT_TRUE(made.has_value());
    return row.id;
}

ProjectId DomainTest::new_project(const OrganizationId& of, const std::string& name) {
    catalog::ProjectRow row;
    row.id = ProjectId::make();
    row.organization_id = of;
    row.name = name;
    row.created_at = row.updated_at = clock.now();
    const Status done = database->write([&](database::Session& s) { return catalog::insert_project(s, row); });
    EXPECT_TRUE(done.has_value());
    return row.id;
}

auth::Principal DomainTest::new_user(std::optional<auth::OrganizationRole> in_organization,
                                     std::optional<auth::ProjectRole> in_project) {
    catalog::UserRow row;
    row.id = UserId::make();
    row.email = row.id.str() + "@example.org";
    row.created_at = row.updated_at = clock.now();
    const Status done = database->write([&](database::Session& s) -> Status {
        CHECK_OK(catalog::insert_user(s, row));
        if (in_organization)
            CHECK_OK(catalog::put_membership(s, {organization, row.id, *in_organization, clock.now()}));
        if (in_project)
            CHECK_OK(catalog::insert_project_member(s, {organization, project, row.id, *in_project, clock.now()}));
        return {};
    });
    EXPECT_TRUE(done.has_value());
    auth::Principal principal;
    principal.type = auth::PrincipalType::User;
    principal.id = row.id.str();
    principal.user_id = row.id;
    principal.grants.memberships_of = row.id;
    principal.organization_id = organization;
    principal.scopes = auth::default_scopes();
    return principal;
}

auth::Principal DomainTest::key_of(const OrganizationId& of) const {
    auth::Principal principal;
    principal.type = auth::PrincipalType::ApiKey;
    principal.id = ApiKeyId::make().str();
    principal.organization_id = of;
    principal.grants.in_organization = auth::OrganizationRole::Admin;
    principal.scopes = auth::default_scopes();
    return principal;
}

void DomainTest::set_quota(std::optional<std::int64_t> bytes) {
    const Status done = database->write([&](database::Session& s) -> Status {
        TRY(auto row, catalog::find_organization(s, organization));
        row->quota_bytes = bytes;
        return catalog::update_organization(s, *row).map([](bool) {});
    });
    EXPECT_TRUE(done.has_value());
}

void DomainTest::archive_project() {
    const Status done = database->write([&](database::Session& s) -> Status {
        TRY(auto row, catalog::find_project(s, organization, project));
        row->is_archived = true;
        return catalog::update_project(s, *row).map([](bool) {});
    });
    EXPECT_TRUE(done.has_value());
}

catalog::StorageUsage DomainTest::storage() {
    return got([&](database::Session& s) { return catalog::read_storage(s, organization); });
}

bool DomainTest::usage_adds_up() {
    return got([&](database::Session& s) { return catalog::test_support::usage_adds_up(s, organization); });
}

std::int64_t DomainTest::figure(std::string_view sql) {
    return got([&](database::Session& s) -> Result<std::int64_t> {
        std::int64_t value = 0;
        CHECK_OK(s.each(sql, [&](const database::Row& row) { value = row.integer(0); }));
        return value;
    });
}

std::vector<std::string> DomainTest::blobs() const {
    std::vector<std::string> keys;
    EXPECT_TRUE(store->list([&](const storage::BlobEntry& blob) { keys.push_back(blob.key); }).has_value());
    return keys;
}

UploadId DomainTest::open_upload(std::int64_t bytes) {
    domain::NewUpload wanted;
    wanted.project_id = project;
    wanted.transfer_method = "cli";
    wanted.total_bytes = bytes;
    auto row = as(key, [&](domain::Context& cx) { return domain::initiate_upload(cx, wanted); });
    EXPECT_TRUE(row.has_value()) << (row ? "" : row.error().message);
    return row->id;
}

void DomainTest::send(const UploadId& upload, const std::string& name, const std::optional<std::string>& bytes) {
    const auto made = as(key, [&](domain::Context& cx) { return domain::sign_upload(cx, upload, name, "image/tiff"); });
    ASSERT_TRUE(made.has_value()) << made.error().message;
    if (!bytes)
        return;
    const auto stored = put(made->object_path, *bytes);
    ASSERT_TRUE(stored.has_value()) << stored.error().message;
}

catalog::AuditRow DomainTest::put_record() {
    catalog::AuditRow record;
    record.id = AuditId::make();
    return record;
}

Result<std::string> DomainTest::put(const std::string& object_path, std::string_view bytes) {
    TRY(auto writing, domain::UploadWrite::open(services, object_path, static_cast<std::int64_t>(bytes.size())));
    CHECK_OK(writing->write(std::as_bytes(std::span(bytes.data(), bytes.size()))));
    TRY(const auto blob, writing->commit(put_record()));
    return blob.key;
}

Result<std::vector<std::string>> DomainTest::complete(const UploadId& upload, const auth::Principal& caller) {
    domain::Call call = call_of(caller);
    TRY(auto prepared, domain::prepare_ingest(call, upload));
    return as(caller, [&](domain::Context& cx) { return domain::commit_ingest(cx, prepared); });
}

ItemId DomainTest::uploaded_item(const std::string& bytes) {
    const UploadId upload = open_upload(static_cast<std::int64_t>(bytes.size()));
    send(upload, "scene.tif", bytes);
    const auto ids = complete(upload, key);
    EXPECT_TRUE(ids.has_value()) << (ids ? "" : ids.error().message + " | " + ids.error().cause);
    return ItemId(ids->at(0));
}

} // namespace landfall::testing
