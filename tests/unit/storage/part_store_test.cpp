#include "core/text.hpp"
#include "storage/part_store.hpp"
#include "storage/s3_wire.hpp"
#include "unit/storage/store_fixture.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace landfall::storage {
namespace {

constexpr std::int64_t kPart = 300'000;

constexpr std::int64_t kS3Part = 5LL << 20U; ///< the least that a store of S3 takes

/// Each store, with parts whose size is planned and without.
struct Case {
    Kind kind;
    PartPlan plan;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    for (const Kind kind : kinds_of_stores()) {
        all.push_back({kind, {}});
        all.push_back({kind, {kind == Kind::S3 ? kS3Part : kPart}});
    }
    return all;
}

bool any(const std::string& /*key*/) {
    return true;
}

class Parts : public testing::TestWithParam<Case> {
protected:
    Parts() { open(); }

    void open() { store_ = place_.open(GetParam().kind); }
    static std::int64_t part_bytes() { return GetParam().kind == Kind::S3 ? kS3Part : kPart; }
    PartStore& parts() { return *store_->parts(); }
    Status begin(const std::string& key = "blob_key") { return parts().create(key, GetParam().plan); }

    Result<PartInfo> put_part(int number, std::string_view text, bool told = true,
                              const std::string& key = "blob_key") {
        TRY(const auto writer,
            parts().put_part(key, number, told ? std::optional(static_cast<std::int64_t>(text.size())) : std::nullopt));
        CHECK_OK(writer->write(bytes_of(text.substr(0, text.size() / 3))));
        CHECK_OK(writer->write(bytes_of(text.substr(text.size() / 3))));
        return writer->finish();
    }

    /// The text of part `number` of `count`; the last is shorter.
    static std::string text_of(int number, int count, unsigned seed = 0) {
        return random_text(static_cast<std::size_t>(number == count ? part_bytes() / 2 : part_bytes()),
                           seed + static_cast<unsigned>(number));
    }

    Result<CompletedBlob> complete(std::vector<int> numbers) { return parts().complete("blob_key", {numbers}); }

    static std::vector<int> first(int count) {
        std::vector<int> numbers(static_cast<std::size_t>(count));
        std::iota(numbers.begin(), numbers.end(), 1);
        return numbers;
    }

    TestStore place_;
    const TemporaryDirectory& directory_ = place_.directory();
    std::unique_ptr<ObjectStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Each, Parts, testing::ValuesIn(cases()), [](const auto& each) {
    return std::string(name_of(each.param.kind)) + (each.param.plan.part_size ? "Planned" : "Unplanned");
});

TEST_P(Parts, InAnyOrderMakeTheBlobThatTheyAreInOrder) {
    ASSERT_TRUE(begin());
    std::string whole;
    std::string md5s;
    for (const int number : {3, 1, 4, 2}) {
        const auto text = text_of(number, 4);
        const auto part = put_part(number, text);
        ASSERT_TRUE(part) << part.error().cause;
        EXPECT_EQ(part->number, number);
        EXPECT_EQ(part->size, static_cast<std::int64_t>(text.size()));
        EXPECT_EQ(part->md5, one_shot(text, EVP_md5()));
        EXPECT_EQ(part->sha256, one_shot(text, EVP_sha256()));
    }
    EXPECT_EQ(get(*store_, "blob_key"), "(not_found)");
    for (int number = 1; number <= 4; ++number) {
        whole += text_of(number, 4);
        md5s += one_shot(text_of(number, 4), EVP_md5());
    }
    const auto done = complete(first(4));
    ASSERT_TRUE(done) << done.error().message << done.error().cause;
    EXPECT_TRUE(get(*store_, "blob_key") == whole);
    EXPECT_EQ(done->info.size, static_cast<std::int64_t>(whole.size()));
    EXPECT_EQ(done->info.md5, one_shot(md5s, EVP_md5()));
    EXPECT_TRUE(done->info.sha256.empty());
    EXPECT_EQ(etag_of(done->info), "\"" + to_hex(one_shot(md5s, EVP_md5())) + "-4\"");
}

TEST_P(Parts, StayListedUntilWhoeverPutThemTogetherHasDone) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 2)));
    ASSERT_TRUE(put_part(2, text_of(2, 2)));
    ASSERT_TRUE(complete({1, 2}));
    EXPECT_EQ(parts().list_parts("blob_key")->size(), 2U);
    EXPECT_EQ(code_of(put_part(3, "late")), Code::NotFound);
    ASSERT_TRUE(parts().abort("blob_key"));
    EXPECT_EQ(code_of(parts().list_parts("blob_key")), Code::NotFound);
    EXPECT_TRUE(get(*store_, "blob_key") == text_of(1, 2) + text_of(2, 2));
}

TEST_P(Parts, ThatAreOthersThanWereMeantCompleteNothing) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, "meant"));
    const std::string meant = composite_info("blob_key", parts().list_parts("blob_key").value())->md5;
    ASSERT_TRUE(put_part(1, "other"));
    EXPECT_EQ(code_of(parts().complete("blob_key", {first(1), meant})), Code::Conflict);
    EXPECT_EQ(get(*store_, "blob_key"), "(not_found)");
    ASSERT_TRUE(put_part(1, "meant"));
    EXPECT_TRUE(parts().complete("blob_key", {first(1), meant}));
}

TEST_P(Parts, TellTheirCrc32c) {
    ASSERT_TRUE(begin());
    EXPECT_EQ(to_hex(put_part(1, "123456789")->crc32c), "e3069283");
}

TEST_P(Parts, ComeAtTheSameTime) {
    ASSERT_TRUE(begin());
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int number = 1; number <= 8; ++number)
        threads.emplace_back([&, number] { good += put_part(number, text_of(number, 8)).has_value() ? 1 : 0; });
    for (auto& thread : threads)
        thread.join();
    ASSERT_EQ(good, 8);
    ASSERT_TRUE(complete(first(8)));
    std::string whole;
    for (int number = 1; number <= 8; ++number)
        whole += text_of(number, 8);
    EXPECT_TRUE(get(*store_, "blob_key") == whole);
}

TEST_P(Parts, OfOneNumberAtTheSameTimeLeaveOneOfThemWhole) {
    ASSERT_TRUE(begin());
    std::vector<std::thread> threads;
    for (unsigned seed = 0; seed < 6; ++seed)
        threads.emplace_back([&, seed] { EXPECT_TRUE(put_part(1, text_of(1, 2, seed * 100))); });
    for (auto& thread : threads)
        thread.join();
    const auto listed_parts = parts().list_parts("blob_key").value();
    ASSERT_EQ(listed_parts.size(), 1U);
    ASSERT_TRUE(complete({1}));
    EXPECT_EQ(one_shot(get(*store_, "blob_key"), EVP_md5()), listed_parts[0].md5);
}

TEST_P(Parts, MayComeAgainAndTheLastFinishedCounts) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 3, 50)));
    ASSERT_TRUE(put_part(2, text_of(2, 3)));
    ASSERT_TRUE(put_part(1, text_of(1, 3)));
    {
        const auto unfinished = parts().put_part("blob_key", 2, part_bytes()).value();
        ASSERT_TRUE(unfinished->write(bytes_of(random_text(1000, 99))));
    }
    ASSERT_TRUE(complete({1, 2}));
    EXPECT_TRUE(get(*store_, "blob_key") == text_of(1, 3) + text_of(2, 3));
}

TEST_P(Parts, NeedNotBeAllAlikeNorAllTheyWere) {
    ASSERT_TRUE(begin());
    if (GetParam().kind == Kind::S3) {
        ASSERT_TRUE(put_part(2, "short"));
        ASSERT_TRUE(put_part(5, "last"));
        EXPECT_EQ(code_of(complete({2, 5})), Code::InvalidArgument);
        EXPECT_EQ(parts().list_parts("blob_key")->size(), 2U);
        return;
    }
    ASSERT_TRUE(put_part(2, "short"));
    ASSERT_TRUE(put_part(5, random_text(2 * kPart, 1)));
    ASSERT_TRUE(put_part(7, "untold", false));
    ASSERT_TRUE(put_part(9, "left out"));
    ASSERT_TRUE(complete({2, 5, 7}));
    EXPECT_TRUE(get(*store_, "blob_key") == "short" + random_text(2 * kPart, 1) + "untold");
}

TEST_P(Parts, ThatWereLeftOutAreGone) {
    ASSERT_TRUE(begin());
    for (int number = 1; number <= 3; ++number)
        ASSERT_TRUE(put_part(number, text_of(number, 4)));
    const auto done = complete({1, 2});
    ASSERT_TRUE(done);
    EXPECT_EQ(done->info.size, 2 * part_bytes());
    EXPECT_TRUE(get(*store_, "blob_key") == text_of(1, 4) + text_of(2, 4));
}

TEST_P(Parts, ThatAreMissingOrOutOfOrderCompleteNothing) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 2)));
    ASSERT_TRUE(put_part(2, text_of(2, 2)));
    EXPECT_EQ(code_of(complete({1, 2, 3})), Code::NotFound);
    EXPECT_EQ(code_of(complete({2, 1})), Code::InvalidArgument);
    EXPECT_EQ(code_of(complete({1, 1})), Code::InvalidArgument);
    EXPECT_EQ(code_of(complete({})), Code::InvalidArgument);
    EXPECT_EQ(code_of(parts().complete("other_key", {first(1)})), Code::NotFound);
    EXPECT_EQ(parts().list_parts("blob_key")->size(), 2U);
    EXPECT_TRUE(complete({1, 2}));
}

TEST_P(Parts, HaveNumbersFromOneToTenThousand) {
    ASSERT_TRUE(begin());
    for (const int number : {0, -1, kMostParts + 1})
        EXPECT_EQ(code_of(parts().put_part("blob_key", number, 1)), Code::InvalidArgument);
    EXPECT_TRUE(put_part(kMostParts, "last"));
    ASSERT_TRUE(complete({kMostParts}));
    EXPECT_EQ(get(*store_, "blob_key"), "last");
}

TEST_P(Parts, AreNotLongerThanWasSaid) {
    ASSERT_TRUE(begin());
    const auto writer = parts().put_part("blob_key", 1, 4).value();
    ASSERT_TRUE(writer->write(bytes_of("1234")));
    EXPECT_EQ(code_of(writer->write(bytes_of("5"))), Code::InvalidArgument);
}

TEST_P(Parts, BelongToAKeyThatIsFree) {
    ASSERT_TRUE(put(*store_, "taken_key", "x"));
    EXPECT_EQ(code_of(begin("taken_key")), Code::Conflict);
    ASSERT_TRUE(begin());
    EXPECT_EQ(code_of(begin()), Code::Conflict);
    EXPECT_EQ(code_of(begin("../x")), Code::InvalidArgument);
    EXPECT_EQ(code_of(parts().create("third_key", {-1})), Code::InvalidArgument);
    ASSERT_TRUE(put_part(1, "part"));
    ASSERT_TRUE(put(*store_, "blob_key", "came first"));
    EXPECT_EQ(code_of(complete({1})), Code::Conflict);
    EXPECT_EQ(get(*store_, "blob_key"), "came first");
    EXPECT_EQ(parts().list_parts("blob_key")->size(), 1U);
}

TEST_P(Parts, GoWhenTheirUploadIsAborted) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 2)));
    const auto writer = parts().put_part("blob_key", 2, 4).value();
    ASSERT_TRUE(parts().abort("blob_key"));
    EXPECT_TRUE(parts().abort("blob_key"));
    ASSERT_TRUE(writer->write(bytes_of("late")));
    EXPECT_EQ(code_of(writer->finish()), Code::NotFound);
    EXPECT_EQ(code_of(put_part(1, "x")), Code::NotFound);
    EXPECT_EQ(code_of(complete({1})), Code::NotFound);
    EXPECT_TRUE(listed(*store_).empty());
    EXPECT_TRUE(begin());
}

TEST_P(Parts, AreSweptWhenNothingComesAnyMore) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 2)));
    EXPECT_EQ(parts().sweep(std::chrono::hours(1), any).value(), 0);
    {
        const auto writer = parts().put_part("blob_key", 2, 4).value();
        EXPECT_EQ(parts().sweep(std::chrono::seconds(0), any).value(), 0);
    }
    EXPECT_EQ(parts().sweep(std::chrono::seconds(0), [](const std::string& key) { return key != "blob_key"; }).value(),
              0);
    EXPECT_EQ(parts().sweep(std::chrono::seconds(0), any).value(), 1);
    EXPECT_EQ(code_of(parts().list_parts("blob_key")), Code::NotFound);
}

TEST_P(Parts, OfALingeringWriterKeepNobodyFromCompletingNorTouchTheBlob) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 3)));
    const auto again = parts().put_part("blob_key", 1, part_bytes()).value();
    const auto next = parts().put_part("blob_key", 2, part_bytes()).value();
    ASSERT_TRUE(again->write(bytes_of("x")));
    ASSERT_TRUE(complete({1}));
    ASSERT_TRUE(next->write(bytes_of(text_of(2, 3))));
    EXPECT_EQ(code_of(next->finish()), Code::NotFound);
    EXPECT_EQ(code_of(again->finish()), Code::NotFound);
    EXPECT_TRUE(get(*store_, "blob_key") == text_of(1, 3));
}

TEST_P(Parts, MakeABlobThatIsBeingWrittenUntilItsHoldGoes) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, "part"));
    {
        const auto done = complete({1}).value();
        EXPECT_TRUE(listed(*store_).at("blob_key").being_written);
    }
    EXPECT_FALSE(listed(*store_).at("blob_key").being_written);
    EXPECT_TRUE(store_->remove("blob_key"));
}

TEST_P(Parts, WithoutALengthAreHeldUpToABound) {
    if (GetParam().kind != Kind::S3)
        GTEST_SKIP() << "a matter of stores that must be told the length of a request";
    ASSERT_TRUE(begin());
    const auto writer = parts().put_part("blob_key", 1, std::nullopt).value();
    const auto text = random_text(33'000'000, 1);
    ASSERT_TRUE(writer->write(bytes_of(text)));
    ASSERT_TRUE(writer->write(bytes_of(text)));
    EXPECT_EQ(code_of(writer->write(bytes_of(text))), Code::PayloadTooLarge);
}

TEST_P(Parts, ThatAreTooLargeToBeHeldGoThrough) {
    ASSERT_TRUE(begin());
    const auto text = random_text(70'000'001, 1);
    const auto size = static_cast<std::int64_t>(text.size());
    {
        const auto dropped = parts().put_part("blob_key", 1, size).value();
        ASSERT_TRUE(dropped->write(bytes_of(text)));
    }
    EXPECT_TRUE(parts().list_parts("blob_key")->empty());
    ASSERT_TRUE(put_part(1, text));
    ASSERT_TRUE(complete({1}));
    EXPECT_TRUE(get(*store_, "blob_key") == text);
}

class LocalParts : public Parts {};

INSTANTIATE_TEST_SUITE_P(Each, LocalParts, testing::Values(Case{Kind::Local, {}}, Case{Kind::Local, {kPart}}),
                         [](const auto& each) { return each.param.plan.part_size ? "Planned" : "Unplanned"; });

TEST_P(LocalParts, SurviveAnEndInTheMiddle) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 3)));
    // What a killed server leaves: a part that was half written, in place or not, and never acknowledged.
    const auto half = parts().put_part("blob_key", 2, kPart).value();
    ASSERT_TRUE(half->write(bytes_of(random_text(1000, 77))));
    open();
    EXPECT_EQ(parts().list_parts("blob_key")->size(), 1U);
    ASSERT_TRUE(put_part(2, text_of(2, 3)));
    ASSERT_TRUE(put_part(3, text_of(3, 3)));
    ASSERT_TRUE(complete(first(3)));
    EXPECT_TRUE(get(*store_, "blob_key") == text_of(1, 3) + text_of(2, 3) + text_of(3, 3));
}

TEST_P(LocalParts, AreCompletedAgainAfterAnEnd) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 1)));
    ASSERT_TRUE(complete({1}));
    open();
    const auto done = complete({1});
    if (GetParam().plan.part_size) {
        ASSERT_TRUE(done);
        EXPECT_EQ(done->info.parts, 1);
    } else {
        EXPECT_EQ(code_of(done), Code::Conflict);
    }
    EXPECT_TRUE(get(*store_, "blob_key") == text_of(1, 1));
}

TEST_P(LocalParts, LeaveAReadOnlyBlobOfANewAgeAndNothingElse) {
    ASSERT_TRUE(begin());
    ASSERT_TRUE(put_part(1, text_of(1, 1)));
    ASSERT_TRUE(complete({1}));
    struct stat status{};
    ASSERT_EQ(::stat((directory_ / "store/ey/blob_key").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0440U);
    ASSERT_TRUE(parts().abort("blob_key"));
    EXPECT_TRUE(fs::is_empty(directory_ / "store/parts"));
    EXPECT_TRUE(fs::is_empty(directory_ / "store/tmp"));
}

TEST(PlannedParts, AreTheBlobWithoutACopy) {
    const TemporaryDirectory directory;
    const auto store = open_local_store(directory / "store").value();
    ASSERT_TRUE(store->parts()->create("blob_key", {kPart}));
    for (int number = 1; number <= 2; ++number) {
        const auto writer = store->parts()->put_part("blob_key", number, kPart).value();
        ASSERT_TRUE(writer->write(bytes_of(random_text(kPart, static_cast<unsigned>(number)))));
        ASSERT_TRUE(writer->finish());
    }
    struct stat data{}, blob{};
    ASSERT_EQ(::stat((directory / "store/parts/blob_key/data").c_str(), &data), 0);
    ASSERT_TRUE(store->parts()->complete("blob_key", {std::array{1, 2}}));
    ASSERT_EQ(::stat((directory / "store/ey/blob_key").c_str(), &blob), 0);
    EXPECT_EQ(data.st_ino, blob.st_ino);
}

} // namespace
} // namespace landfall::storage
