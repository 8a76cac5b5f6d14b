#include "catalog/items/asset.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/collections.hpp"
#include "domain/items/items.hpp"
#include "domain/items/lineage.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/usage.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using testing::canned_tiff;
using testing::code_of;

class Items : public testing::DomainTest {
protected:
    Items() {
        wanted.project_id = project;
        wanted.type = "external_reference";
        wanted.name = "one";
    }
    Result<catalog::ItemRow> create() {
        return as(key, [&](Context& cx) { return create_item(cx, wanted); });
    }
    Result<bool> remove(const ItemId& id) {
        return as(key, [&](Context& cx) -> Result<bool> {
            CHECK_OK(delete_item(cx, id));
            return true;
        });
    }
    Result<AssetDownload> download(const ItemId& id, const std::string& asset = "data") {
        return as(key, [&](Context& cx) { return download_asset(cx, id, asset); });
    }
    Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }

    NewItem wanted;
};

TEST_F(Items, MadeByHandCarryWhatWasGivenAndTheirLineage) {
    wanted.bbox = {8, 47, 9, 48};
    wanted.properties = Json::object({{"a", 1}});
    const auto made = create();
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->stac_id, made->id.str());
    EXPECT_EQ(Json::parse(*made->geometry).value()["type"].as_string(), "Polygon");
    const auto origins =
        got([&](database::Session& s) { return catalog::list_origins(s, organization, {"item", made->id.str()}); });
    ASSERT_EQ(origins.size(), 1U);
    EXPECT_EQ(origins[0].dst, (catalog::Entity{"project", project.str()}));
    const Json record = Json::parse(made->record).value();
    EXPECT_EQ(record["id"].as_string(), made->id.str());
    EXPECT_EQ(record["properties"]["a"].as_integer(), 1);
}

TEST_F(Items, ShowATreeOfTheItemsTheyCameFromAndOfThoseMadeFromThem) {
    std::vector<std::string> ids;
    for (const auto* name : {"a", "b", "c", "d"}) {
        wanted.name = name;
        ids.push_back(create()->id.str());
    }
    const auto item = [&](std::size_t n) { return catalog::Entity{"item", ids[n]}; };
    const catalog::Entity job{"processing_job", "pj_1"};
    // d was made by a job of b and c, which came from a; and a, oddly, from d.
    for (const auto& [derived, origin] : {std::pair{item(3), job},
                                          {job, item(1)},
                                          {job, item(2)},
                                          {item(1), item(0)},
                                          {item(2), item(0)},
                                          {item(0), item(3)}})
        ASSERT_TRUE(as(key, [&](Context& cx) -> Result<bool> {
            CHECK_OK(record_origin(cx, derived, origin));
            return true;
        }));
    EXPECT_EQ(remove(ItemId(ids[0])), true);
    const std::function<std::string(const Json&)> text = [&](const Json& nodes) {
        std::vector<std::string> all;
        for (const auto& node : nodes.items())
            all.push_back(node["name"].as_string("?") + std::to_string(node["depth"].as_integer()) + "(" +
                          text(node["parents"]) + text(node["children"]) + ")");
        std::ranges::sort(all);
        std::string out;
        for (const auto& one : all)
            out += one;
        return out;
    };
    const auto tree = [&](const auth::Principal& who, catalog::LineageDirection direction) {
        return text(as(who, [&](Context& cx) -> Result<Json> {
                        TRY(const auto row, catalog::find_item(cx.session, organization, ItemId(ids[3])));
                        return item_lineage(cx, *row, direction);
                    }).value());
    };
    EXPECT_EQ(tree(key, catalog::LineageDirection::Up), "b2(a3())c2(a3())");
    EXPECT_EQ(tree(key, catalog::LineageDirection::Down), "a1(b2()c2())");
    EXPECT_EQ(tree(new_user({}), catalog::LineageDirection::Down), "?1(?2()?2())") << "names of unreadable projects";
}

TEST_F(Items, ThatBreakARuleAreRefused) {
    const std::vector<std::function<void()>> faults{
        [&] {
            wanted.geometry = Json::object({{"type", "Point"}, {"coordinates", Json::array({Json(200), Json(0)})}});
        },
        [&] { wanted.bbox = {8, 47, 9}; },
        [&] { wanted.bbox = {8, 48, 9, 47}; },
        [&] { wanted.start_datetime = at("2026-01-01"); },
        [&] {
            wanted.start_datetime = at("2026-01-02");
            wanted.end_datetime = at("2026-01-01");
        },
        [&] { wanted.stac_id = ""; },
        [&] { wanted.stac_id = std::string(256, 'x'); },
        [&] { wanted.properties = Json::object({{"a", std::string(300'000, 'x')}}); },
        [&] { wanted.description = std::string(70'000, 'x'); },
    };
    const NewItem sound = wanted;
    for (std::size_t i = 0; i < faults.size(); ++i) {
        wanted = sound;
        faults[i]();
        EXPECT_EQ(code_of(create()), Code::InvalidArgument) << "fault " << i;
    }
    EXPECT_EQ(figure("SELECT count(*) FROM item"), 0);
}

TEST_F(Items, FromOriginsOutsideTheProjectAreRefused) {
    wanted.upload_id = UploadId::make().str();
    EXPECT_EQ(code_of(create()), Code::NotFound);
    wanted.upload_id.reset();
    wanted.job_id = JobId::make().str();
    EXPECT_EQ(code_of(create()), Code::NotFound);
    wanted.job_id.reset();
    wanted.collection_id = CollectionId::make();
    EXPECT_EQ(code_of(create()), Code::NotFound);
}

TEST_F(Items, OfOneStacIdAreAConflictUntilTheFirstIsDeleted) {
    wanted.stac_id = "scene-1";
    const auto first = create();
    ASSERT_TRUE(first);
    EXPECT_EQ(code_of(create()), Code::Conflict);
    ASSERT_TRUE(remove(first->id));
    EXPECT_TRUE(create());
}

TEST_F(Items, GiveTheirStorageBackWhenTheyAreDeleted) {
    const auto first = uploaded_item();
    const auto second = uploaded_item();
    EXPECT_EQ(storage().used, 128);
    ASSERT_TRUE(remove(first));
    EXPECT_EQ(storage().used, 64);
    EXPECT_EQ(code_of(remove(first)), Code::NotFound);
    EXPECT_EQ(storage().used, 64);
    EXPECT_EQ(blobs().size(), 2U) << "the bytes stay until the item is purged";
    ASSERT_TRUE(remove(second));
    EXPECT_EQ(storage().used, 0);
    EXPECT_TRUE(usage_adds_up());
}

TEST_F(Items, AreDownloadedByAUrlThatLeadsToTheirBytes) {
    const auto id = uploaded_item();
    const auto made = download(id);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(
        made->url.starts_with("http://localhost:8080/storage/landfall/assets/" + made->asset_id.str() + "/scene.tif?"))
        << made->url;
    EXPECT_EQ(made->expires_in_seconds, 900);
    EXPECT_EQ(made->size_bytes, 64);
    EXPECT_EQ(download(id, made->asset_id.str())->asset_id, made->asset_id) << "by id";
    const auto served = find_served_object(services, "assets/" + made->asset_id.str() + "/scene.tif", key.id);
    ASSERT_TRUE(served);
    EXPECT_EQ(blobs(), std::vector{served->blob_key});
    EXPECT_EQ(served->size, 64);
    for (const auto& path : {"assets/" + made->asset_id.str() + "/other.tif", "assets/" + made->asset_id.str(),
                             std::string("assets/as_x/scene.tif"), std::string("uploads/a/b"), std::string()})
        EXPECT_EQ(code_of(find_served_object(services, path, "")), Code::NotFound) << path;
}

TEST_F(Items, ThatAreDeletedOrExpiredAreGoneForDownloads) {
    const auto id = uploaded_item();
    EXPECT_EQ(code_of(download(id, "other")), Code::NotFound);
    EXPECT_EQ(code_of(download(ItemId::make())), Code::NotFound);
    auto row = got([&](database::Session& s) { return catalog::find_item(s, organization, id); }).value();
    row.lifecycle_state = "expired";
    (void)wrote([&](database::Session& s) { return catalog::update_item(s, row); });
    EXPECT_EQ(code_of(download(id)), Code::Gone);
    ASSERT_TRUE(remove(id));
    EXPECT_EQ(code_of(download(id)), Code::Gone);
}

TEST_F(Items, AreDownloadedSoOftenAnHourAndNoMore) {
    services.settings.limits.downloads_per_asset_per_hour = 2;
    const auto id = uploaded_item();
    const auto other = uploaded_item();
    EXPECT_TRUE(download(id));
    EXPECT_TRUE(download(id));
    const auto refused = download(id);
    ASSERT_EQ(code_of(refused), Code::ResourceExhausted);
    EXPECT_GT(refused.error().retry_after_seconds, 0);
    EXPECT_LE(refused.error().retry_after_seconds, 3600);
    EXPECT_TRUE(download(other)) << "each asset has its own count";
    clock.advance(std::chrono::seconds(refused.error().retry_after_seconds));
    EXPECT_TRUE(download(id)) << "a new hour";
}

TEST_F(Items, AreNotDownloadedOnceTheDailyVolumeIsUsedUp) {
    services.settings.limits.egress_bytes_per_day = 100;
    const auto id = uploaded_item();
    journal->count({organization}, catalog::UsageKind::EgressBytes, 99);
    journal->flush();
    EXPECT_TRUE(download(id));
    journal->count({organization}, catalog::UsageKind::EgressBytes, 1);
    journal->flush();
    EXPECT_EQ(code_of(download(id)), Code::ResourceExhausted);
    clock.advance(std::chrono::hours(24) + std::chrono::seconds(1));
    EXPECT_TRUE(download(id));
}

TEST_F(Items, RollBackWithTheirLineageWhenTheCallFailsLater) {
    const auto failed = as(key, [&](Context& cx) -> Result<catalog::ItemRow> {
        TRY(const auto made, create_item(cx, wanted));
        EXPECT_TRUE(cx.artifact_produced);
        EXPECT_TRUE(cx.provenance_written);
        return fail(Code::Internal, "late");
    });
    EXPECT_EQ(code_of(failed), Code::Internal);
    EXPECT_EQ(figure("SELECT count(*) FROM item"), 0);
    EXPECT_EQ(figure("SELECT count(*) FROM provenance_edge"), 0);
}

TEST_F(Items, ShowTheirLineageToThoseWhoMaySeeThemDeletedOnesToo) {
    const auto id = uploaded_item();
    const auto ask = [&](const auth::Principal& who, catalog::Entity root) {
        return as(who, [&](Context& cx) {
            catalog::LineageQuery query;
            query.organization_id = who.organization_id;
            query.root = std::move(root);
            query.direction = catalog::LineageDirection::Both;
            return lineage_of(cx, query);
        });
    };
    const auto graph = ask(key, {"item", id.str()});
    ASSERT_TRUE(graph);
    EXPECT_EQ(graph->nodes.size(), 3U) << "item, upload, asset";
    EXPECT_EQ(code_of(ask(key_of(new_organization("Elsewhere")), {"item", id.str()})), Code::NotFound);
    EXPECT_EQ(code_of(ask(new_user({}), {"item", id.str()})), Code::PermissionDenied);
    EXPECT_EQ(code_of(ask(key, {"item", "it_x"})), Code::NotFound);
    EXPECT_EQ(code_of(ask(key, {"planet", id.str()})), Code::NotFound);
    ASSERT_TRUE(remove(id));
    EXPECT_TRUE(ask(key, {"item", id.str()}));
}

TEST_F(Items, UsageIsReadByMembersAndRecountedByAdmins) {
    (void)uploaded_item();
    const auto recount = [&](const auth::Principal& who) {
        return as(who, [&](Context& cx) { return recalculate_storage(cx, organization); });
    };
    const auto usage =
        as(new_user(auth::OrganizationRole::Member), [&](Context& cx) { return current_usage(cx, organization); });
    ASSERT_TRUE(usage);
    EXPECT_EQ(usage->storage.used, 64);
    EXPECT_LE(usage->period_start, clock.now());
    EXPECT_GT(usage->period_end, clock.now());
    EXPECT_EQ(recount(key)->storage_bytes, 64);
    EXPECT_EQ(code_of(recount(new_user(auth::OrganizationRole::Member))), Code::PermissionDenied);
    EXPECT_EQ(code_of(recount(new_user({}))), Code::NotFound);
}

TEST_F(Items, OfACollectionStayInItsProject) {
    NewCollection collection;
    collection.project_id = project;
    collection.name = "c";
    const auto made = as(key, [&](Context& cx) { return create_collection(cx, collection); });
    ASSERT_TRUE(made);
    const auto there = new_project(organization, "There");
    EXPECT_EQ(code_of(as(key, [&](Context& cx) { return require_collection(cx, there, made->id); })), Code::NotFound);
    EXPECT_TRUE(as(key, [&](Context& cx) { return require_collection(cx, project, made->id); }));
    wanted.project_id = there;
    wanted.collection_id = made->id;
    EXPECT_EQ(code_of(create()), Code::NotFound);
    collection.color = std::string(33, 'x');
    EXPECT_EQ(code_of(as(key, [&](Context& cx) { return create_collection(cx, collection); })), Code::InvalidArgument);
}

TEST(FreeAssetKey, CountsUpUntilNothingHasIt) {
    std::vector<catalog::AssetRow> assets(2);
    assets[0].key = "data";
    assets[1].key = "data-2";
    EXPECT_EQ(free_asset_key(assets, "data"), "data-3");
    EXPECT_EQ(free_asset_key(assets, "other"), "other");
    EXPECT_EQ(free_asset_key({}, ""), "");
}

TEST_F(Items, TakeTheirUnfinishedJobsAlongWhenTheyAreDeleted) {
    const auto doomed = uploaded_item();
    const auto kept = uploaded_item();
    const auto jobs = [&](const ItemId& id, const std::string& states) {
        return figure("SELECT count(*) FROM job WHERE item_id = '" + id.str() + "' AND state IN (" + states + ")");
    };
    const auto queued = jobs(doomed, "'pending'");
    ASSERT_GT(queued, 0);
    ASSERT_TRUE(remove(doomed));
    EXPECT_EQ(jobs(doomed, "'pending', 'running'"), 0);
    EXPECT_EQ(jobs(doomed, "'cancelled'"), queued);
    EXPECT_EQ(jobs(kept, "'pending'"), queued);
}

} // namespace
} // namespace landfall::domain
