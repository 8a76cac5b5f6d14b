#include "storage/file_io.hpp"
#include "storage/part_records.hpp"
#include "unit/storage/store_fixture.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace landfall::storage {
namespace {

class Records : public testing::Test {
protected:
    Records() { EXPECT_TRUE(PartRecords::make(folder_.get())); }

    PartRecords records() const { return PartRecords::open(folder_.get()).value(); }

    /// A record that differs from others by `mark`.
    static PartRecord record(int number, char mark) {
        return {{number, mark, std::string(16, mark), std::string(32, mark), std::string(4, mark)}, "data"};
    }

    /// Overwrites bytes of the file.
    void spoil(std::int64_t offset, std::string_view bytes) const {
        const Descriptor file(::openat(folder_.get(), PartRecords::kName, O_WRONLY));
        ASSERT_TRUE(write_fully(file.get(), offset, bytes_of(bytes)));
    }

    TemporaryDirectory directory_;
    Descriptor folder_{::open((directory_ / "").c_str(), O_RDONLY | O_DIRECTORY)};
};

TEST_F(Records, AreListedByNumberAndTheLatestCounts) {
    const auto records = this->records();
    EXPECT_FALSE(records.put(record(7, 'a')).value());
    ASSERT_TRUE(records.put(record(2, 'b')));
    EXPECT_EQ(records.put(record(7, 'c')).value()->info.md5, std::string(16, 'a'));
    const auto all = this->records().all().value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].info.number, 2);
    EXPECT_EQ(all[1].info.number, 7);
    EXPECT_EQ(all[1].info.size, 'c');
    EXPECT_EQ(all[1].info.sha256, std::string(32, 'c'));
    EXPECT_EQ(all[1].info.crc32c, std::string(4, 'c'));
    EXPECT_EQ(all[1].file, "data");
    EXPECT_FALSE(records.find(1).value());
}

TEST_F(Records, ThatWereTornLeaveTheOnesBefore) {
    const auto records = this->records();
    ASSERT_TRUE(records.put(record(1, 'a')));
    ASSERT_TRUE(records.put(record(1, 'b')));
    spoil(256 + 20, "torn");
    EXPECT_EQ(records.find(1).value()->info.size, 'a');
    ASSERT_TRUE(records.put(record(1, 'c')));
    EXPECT_EQ(records.find(1).value()->info.size, 'c');
    spoil(256 + 20, "torn");
    EXPECT_EQ(records.find(1).value()->info.size, 'a') << "the whole one was not written over";
}

TEST_F(Records, ThatNeverCameToTheirEndAreNone) {
    spoil(512, "1 3000 0123");
    EXPECT_FALSE(records().find(2).value());
    EXPECT_TRUE(records().all().value().empty());
}

TEST_F(Records, GiveTheRightToWriteInPlaceToOne) {
    std::optional first(records());
    const auto second = records();
    EXPECT_TRUE(first->claim(3));
    EXPECT_FALSE(second.claim(3));
    EXPECT_TRUE(second.claim(4));
    ASSERT_TRUE(records().put(record(3, 'a'))) << "a record is not a right";
    first.reset();
    EXPECT_TRUE(second.claim(3));
}

TEST_F(Records, OfAnUploadThatIsGoneTakeNoMore) {
    const auto records = this->records();
    ASSERT_EQ(::unlinkat(folder_.get(), PartRecords::kName, 0), 0);
    EXPECT_EQ(records.put(record(1, 'a')).error().code, Code::NotFound);
    EXPECT_EQ(PartRecords::open(folder_.get()).error().code, Code::NotFound);
}

} // namespace
} // namespace landfall::storage
