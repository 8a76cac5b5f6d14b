#include "storage/object_store.hpp"
#include "unit/storage/store_fixture.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace landfall::storage {
namespace {

class Store : public testing::TestWithParam<Kind> {
protected:
    TestStore place_;
    std::unique_ptr<ObjectStore> store_ = place_.open(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Each, Store, testing::ValuesIn(kinds_of_stores()),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(Store, GivesBackWhatWasWrittenWithItsDigests) {
    for (const std::size_t size : {0UL, 1UL, 4095UL, 262143UL, 262144UL, 262145UL, 5000003UL}) {
        const auto text = random_text(size, static_cast<unsigned>(size));
        const auto key = "size_" + std::to_string(size);
        const auto info = put(*store_, key, text);
        ASSERT_TRUE(info) << info.error().cause;
        EXPECT_EQ(info->key, key);
        EXPECT_EQ(info->size, static_cast<std::int64_t>(size));
        EXPECT_EQ(info->md5, one_shot(text, EVP_md5()));
        EXPECT_EQ(info->sha256, one_shot(text, EVP_sha256()));
        EXPECT_EQ(get(*store_, key), text);
    }
}

TEST_P(Store, DigestsWritesOfEverySizeInOrder) {
    const auto text = random_text(9'000'000, 5);
    const auto writer = store_->create("pieces").value();
    std::mt19937 generator(7);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = std::min<std::size_t>(text.size() - at, generator() % 700'000);
        ASSERT_TRUE(writer->write(bytes_of(std::string_view(text).substr(at, length))));
        at += length;
    }
    EXPECT_EQ(writer->finish()->md5, one_shot(text, EVP_md5()));
    EXPECT_EQ(get(*store_, "pieces"), text);
}

TEST_P(Store, TellsTheDigestsBeforePublishing) {
    const auto writer = store_->create("early").value();
    ASSERT_TRUE(writer->write(bytes_of("abc")));
    EXPECT_EQ(writer->digest()->md5, one_shot("abc", EVP_md5()));
    EXPECT_EQ(get(*store_, "early"), "(not_found)");
    ASSERT_TRUE(writer->write(bytes_of("def")));
    EXPECT_EQ(writer->finish()->sha256, one_shot("abcdef", EVP_sha256()));
    EXPECT_FALSE(writer->write(bytes_of("ghi")));
    EXPECT_FALSE(writer->finish());
    EXPECT_EQ(get(*store_, "early"), "abcdef");
}

TEST_P(Store, ForgetsAWriterThatDoesNotFinish) {
    {
        const auto writer = store_->create("dropped").value();
        ASSERT_TRUE(writer->write(bytes_of(random_text(3'000'000, 1))));
        EXPECT_TRUE(listed(*store_).at("dropped").being_written);
        EXPECT_EQ(code_of(store_->remove("dropped")), Code::Conflict);
    }
    EXPECT_TRUE(listed(*store_).empty());
    EXPECT_EQ(get(*store_, "dropped"), "(not_found)");
    EXPECT_TRUE(put(*store_, "dropped", "again"));
}

TEST_P(Store, RefusesAKeyThatIsTakenOrBeingWritten) {
    const auto first = store_->create("same").value();
    EXPECT_EQ(code_of(store_->create("same")), Code::Conflict);
    ASSERT_TRUE(first->write(bytes_of("first")));
    ASSERT_TRUE(first->finish());
    EXPECT_EQ(code_of(store_->create("same")), Code::Conflict);
    EXPECT_EQ(get(*store_, "same"), "first");
}

TEST_P(Store, LetsExactlyOneOfManyRacingWritersWin) {
    std::atomic<int> wins = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] { wins += put(*store_, "contested", "x").has_value() ? 1 : 0; });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wins, 1);
    EXPECT_EQ(get(*store_, "contested"), "x");
}

TEST_P(Store, ServesEightWritersAtOnce) {
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (unsigned i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            for (unsigned round = 0; round < 3; ++round) {
                const auto text = random_text(2'500'000 + i, i * 10 + round);
                const auto key = "writer" + std::to_string(i) + "_" + std::to_string(round) + "_aa";
                const auto info = put(*store_, key, text);
                good += info && info->md5 == one_shot(text, EVP_md5()) && get(*store_, key) == text ? 1 : 0;
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(good, 24);
    EXPECT_EQ(listed(*store_).size(), 24U);
}

TEST_P(Store, ReadsAnyPart) {
    ASSERT_TRUE(put(*store_, "parts", "0123456789"));
    const auto reader = store_->open("parts").value();
    std::array<std::byte, 4> into{};
    EXPECT_EQ(reader->read(8, into).value(), 2U);
    EXPECT_EQ(static_cast<char>(into[0]), '8');
    EXPECT_EQ(reader->read(10, into).value(), 0U);
    EXPECT_EQ(code_of(reader->read(-1, into)), Code::InvalidArgument);
}

TEST_P(Store, KeepsARemovedBlobReadableForThoseWhoHaveItOpen) {
    if (GetParam() == Kind::S3)
        GTEST_SKIP() << "what is gone from another machine is gone";
    ASSERT_TRUE(put(*store_, "gone", "still here"));
    const auto reader = store_->open("gone").value();
    ASSERT_TRUE(store_->remove("gone"));
    EXPECT_TRUE(store_->remove("gone"));
    EXPECT_EQ(get(*store_, "gone"), "(not_found)");
    std::array<std::byte, 32> into{};
    EXPECT_EQ(reader->read(0, into).value(), 10U);
}

TEST_P(Store, SaysBeingWrittenUntilTheWriterGoes) {
    auto writer = store_->create("held").value();
    ASSERT_TRUE(writer->finish());
    EXPECT_TRUE(listed(*store_).at("held").being_written);
    writer.reset();
    EXPECT_FALSE(listed(*store_).at("held").being_written);
    EXPECT_TRUE(store_->remove("held"));
}

TEST_P(Store, TakesBodiesOfManyPartsAndGivesAnyStretchOfThem) {
    const auto text = random_text(30'000'001, 11);
    const auto writer = store_->create("large_one").value();
    ASSERT_TRUE(writer->write(bytes_of(std::string_view(text).substr(0, 17'000'000))));
    ASSERT_TRUE(writer->write(bytes_of(std::string_view(text).substr(17'000'000))));
    const auto info = writer->finish();
    ASSERT_TRUE(info) << info.error().message << info.error().cause;
    EXPECT_EQ(info->md5, one_shot(text, EVP_md5()));
    EXPECT_EQ(info->parts, 0);
    const auto reader = store_->open("large_one").value();
    ASSERT_EQ(reader->size(), 30'000'001);
    for (const auto& [from, length] : {std::pair<std::size_t, std::size_t>(0, text.size()),
                                       std::pair<std::size_t, std::size_t>(8'388'607, 9'000'000),
                                       std::pair<std::size_t, std::size_t>(30'000'000, 1)}) {
        const auto stream = reader->stream(static_cast<std::int64_t>(from), static_cast<std::int64_t>(length));
        std::string taken;
        std::string buffer(100'000, '\0');
        for (std::size_t got = 1; got > 0; taken.append(buffer, 0, got))
            got = stream->read(std::as_writable_bytes(std::span(buffer))).value_or(0);
        EXPECT_TRUE(taken == text.substr(from, length));
    }
}

TEST_P(Store, DropsABodyOfManyPartsThatIsNotFinished) {
    {
        const auto writer = store_->create("dropped_one", 30'000'000).value();
        ASSERT_TRUE(writer->write(bytes_of(random_text(20'000'000, 3))));
        EXPECT_TRUE(listed(*store_).at("dropped_one").being_written);
    }
    EXPECT_TRUE(listed(*store_).empty());
}

TEST_P(Store, RefusesKeysThatAreNoKeys) {
    for (const std::string key : {"", "abc", "../x", "a/bcd", "ABCD", "tmp.", "a\0bcd"}) {
        EXPECT_EQ(code_of(store_->create(key)), Code::InvalidArgument) << key;
        EXPECT_EQ(code_of(store_->open(key)), Code::InvalidArgument) << key;
        EXPECT_EQ(code_of(store_->remove(key)), Code::InvalidArgument) << key;
    }
    EXPECT_EQ(code_of(store_->create(std::string(65, 'a'))), Code::InvalidArgument);
}

TEST_P(Store, OutlivedByItsWriterStillServesIt) {
    const auto writer = store_->create("orphan").value();
    ASSERT_TRUE(writer->write(bytes_of(random_text(1'000'000, 4))));
    store_.reset();
    ASSERT_TRUE(writer->write(bytes_of(random_text(4'000'000, 4))));
    EXPECT_TRUE(writer->finish());
}

} // namespace
} // namespace landfall::storage
