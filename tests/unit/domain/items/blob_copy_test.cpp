#include "domain/items/blob_copy.hpp"
#include "support/domain_fixture.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace landfall::domain {
namespace {

class WorkerOutput : public testing::DomainTest {
protected:
    Result<HeldBlob> copy(const std::string& name) { return copy_into_store(*store, place, {name, "GTiff", 1 << 20}); }

    testing::PrivateFolder parent;
    jobs::ScratchFolder place = *jobs::ScratchFolder::make(parent / "scratch");
};

TEST_F(WorkerOutput, OfTheExpectedFormatIsCopied) {
    testing::write_bytes(place.file("output.tif"), testing::canned_tiff());
    const auto made = copy("output.tif");
    ASSERT_TRUE(made) << made.error().cause;
    EXPECT_EQ(made->info.size, 64);
}

TEST_F(WorkerOutput, ThatIsAnythingElseIsRefused) {
    testing::write_bytes(place.file("page.tif"), "<html><script>alert(1)</script></html>");
    testing::write_bytes(place.file("empty.tif"), "");
    testing::write_bytes(place.file("real.tif"), testing::canned_tiff());
    ASSERT_EQ(::symlink(place.file("real.tif").c_str(), place.file("link.tif").c_str()), 0);
    ASSERT_EQ(::mkfifo(place.file("pipe.tif").c_str(), 0600), 0);
    ASSERT_EQ(::mkdir(place.file("folder.tif").c_str(), 0700), 0);
    for (const auto* name : {"page.tif", "empty.tif", "link.tif", "pipe.tif", "folder.tif", "none.tif", "../x.tif"})
        EXPECT_EQ(testing::code_of(copy(name)), Code::Internal) << name;
    EXPECT_TRUE(blobs().empty());
}

} // namespace
} // namespace landfall::domain
