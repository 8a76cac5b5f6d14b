/// A worker that was taken over lies in every field, size and name: nothing but a failed task comes of it.

#include "catalog/items/asset.hpp"
#include "domain/ingest/ingest.hpp"
#include "domain/items/blob_copy.hpp"
#include "domain/items/item_texts.hpp"
#include "domain/stac/item_document.hpp"
#include "imagery/sniff.hpp"
#include "imagery/tasks.hpp"
#include "jobs/scratch.hpp"
#include "support/domain_fixture.hpp"
#include "support/hostile_worker.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace landfall::domain {
namespace {

using testing::canned_tiff;
using testing::code_of;
using testing::lies_of;
using testing::order_of_lie;

class HostileWorker : public testing::DomainTest {
protected:
    jobs::ScratchFolder folder_with(const std::string& content) {
        auto made = jobs::ScratchFolder::make(services.settings.scratch_directory).value();
        std::ofstream(made.file("input.tif"), std::ios::binary) << content;
        return made;
    }
    template<typename Arguments, typename Answer>
    Result<Answer> run(const schema::TaskSpec<Arguments, Answer>& task, const jobs::ScratchFolder& place) {
        Arguments arguments;
        arguments.files.file = "input.tif";
        return testing::launcher()
            .run(task, place.path(), arguments, {.memory_bytes = 512 << 20, .scratch_bytes = 1 << 20})
            .answer;
    }
    static std::size_t open_files() {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
    }

    /// What becomes of each file that a maker names: it is refused, or is the one that it should make.
    template<typename Arguments, typename Answer>
    void expect_only_what_was_made(const schema::TaskSpec<Arguments, Answer>& task, const Json& honest,
                                   std::string_view driver, const std::string& bytes) {
        const auto& lies = lies_of(task.name);
        const auto before = open_files();
        std::size_t refused = 0;
        for (std::size_t lie = 0; lie < lies.size(); ++lie) {
            const auto place = folder_with(order_of_lie(task.name, lie));
            const auto answer = run(task, place);
            if (!answer) {
                EXPECT_EQ(answer.error().code, Code::Internal) << lies[lie].substr(0, 200);
                ++refused;
                continue;
            }
            const auto held = copy_into_store(*store, place, {answer->file, driver, 1 << 20});
            const bool own = answer->file == "input.tif" && driver == "GTiff"; // the file that it was given
            EXPECT_EQ(held.has_value(), own || answer->file == honest["file"].as_view()) << answer->file;
            if (held && !own) {
                EXPECT_EQ(held->info.size, static_cast<std::int64_t>(bytes.size()));
            }
        }
        EXPECT_GT(refused, lies.size() / 2);
        EXPECT_LT(open_files(), before + lies.size() / 10) << "none stays open for a lie";
    }
};

TEST_F(HostileWorker, AProbeThatLiesIsAFailedProbeOrAnItemLikeOthers) {
    const auto& lies = lies_of("probe");
    ASSERT_GT(lies.size(), 500U);
    std::size_t believed = 0;
    for (std::size_t lie = 0; lie < lies.size(); ++lie) {
        const auto facts = run(imagery::kProbe, folder_with(order_of_lie("probe", lie)));
        if (!facts) {
            EXPECT_EQ(facts.error().code, Code::Internal) << lies[lie].substr(0, 200);
            continue;
        }
        ++believed;
        const auto id = open_upload(64);
        send(id, "a.tif", order_of_lie("probe", lie));
        const auto made = complete(id, key);
        if (!made)
            continue;
        const auto item =
            got([&](database::Session& s) { return catalog::find_item(s, organization, ItemId(made->at(0))); });
        ASSERT_TRUE(item);
        EXPECT_LE(item->document.size(), kDocumentBytes);
        EXPECT_TRUE(Json::parse(with_origins(item->document, {"http://x", "http://x"}))) << lies[lie].substr(0, 200);
        for (const auto& asset :
             got([&](database::Session& s) { return catalog::list_assets(s, organization, item->id); }))
            EXPECT_TRUE(imagery::is_media_type_of_data(asset.media_type)) << asset.media_type;
    }
    EXPECT_GT(believed, 0U) << "some members may be anything";
    EXPECT_LT(believed, lies.size() / 3);
    EXPECT_TRUE(usage_adds_up());
}

TEST_F(HostileWorker, ACogIsTheFileThatWasMadeOrNothing) {
    expect_only_what_was_made(imagery::kMakeCog, testing::canned_cog(), "GTiff",
                              std::string("II*\0\x08\0\0\0made", 12));
}

TEST_F(HostileWorker, AThumbnailIsTheFileThatWasMadeOrNothing) {
    expect_only_what_was_made(imagery::kMakeThumbnail, testing::canned_thumbnail(), "PNG", "\x89PNG\r\n\x1a\nmade");
}

TEST_F(HostileWorker, ATileIsAPictureOfItsFormatOrNothing) {
    imagery::TileOrder order;
    order.tile.source = "one";
    order.tile.driver = "GTiff";
    order.files = {"input.tif"};
    const auto& lies = lies_of("tile");
    std::size_t refused = 0;
    for (std::size_t lie = 0; lie < lies.size(); ++lie) {
        const auto place = folder_with(order_of_lie("tile", lie));
        const Descriptor file(::open(place.file("input.tif").c_str(), O_RDONLY | O_CLOEXEC));
        const auto tile = tiles.call("one", order, {file.get()}, std::chrono::seconds(30));
        if (!tile) {
            EXPECT_EQ(tile.error().code, Code::Internal) << lies[lie].substr(0, 200);
            ++refused;
            continue;
        }
        EXPECT_TRUE(tile->bytes.starts_with("\x89PNG\r\n\x1a\n"));
        EXPECT_EQ(tile->head.format, imagery::TileFormat::Png);
    }
    EXPECT_GT(refused, lies.size() / 2);
}

} // namespace
} // namespace landfall::domain
