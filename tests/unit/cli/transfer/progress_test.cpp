#include "cli/transfer/progress.hpp"
#include "unit/cli/captured_terminal.hpp"

#include <gtest/gtest.h>

namespace landfall::cli {
namespace {

TEST(Progress, BytesHaveOneDecimalAndPowersOf1000) {
    EXPECT_EQ(format_bytes(-5), "0 B");
    EXPECT_EQ(format_bytes(999), "999 B");
    EXPECT_EQ(format_bytes(1000), "1.0 kB");
    EXPECT_EQ(format_bytes(999'999), "1.0 MB");
    EXPECT_EQ(format_bytes(12'345'678), "12.3 MB");
    EXPECT_EQ(format_bytes(5'000'000'000'000), "5.0 TB");
}

TEST(Progress, DurationsAreRoundedUp) {
    EXPECT_EQ(format_seconds(-1), "--");
    EXPECT_EQ(format_seconds(6.2), "7s");
    EXPECT_EQ(format_seconds(185), "3:05");
    EXPECT_EQ(format_seconds(7385), "2:03:05");
    EXPECT_EQ(format_seconds(1e12), "--");
}

TEST(Progress, ALineShowsBarFiguresAndTimeLeft) {
    EXPECT_EQ(format_progress({"a.tif", 500'000'000, 1'000'000'000, 50'000'000}, 80),
              "a.tif [==============>             ]  50%  500.0 MB / 1.0 GB  50.0 MB/s  ETA 10s");
    EXPECT_EQ(format_progress({"a.tif", 1'000'000, 1'000'000, 50'000}, 80),
              "a.tif [==============================] 100%  1.0 MB / 1.0 MB  50.0 kB/s");
    EXPECT_EQ(format_progress({"a.tif", 5, 5, 0}, 80), "a.tif [==============================] 100%  5 B / 5 B");
    EXPECT_NE(format_progress({"a", 0, 10, 0}, 80).find("ETA --"), std::string::npos);
    EXPECT_NE(format_progress({"a", 0, 0, 0}, 80).find("100%"), std::string::npos);
    EXPECT_NE(format_progress({"a", 20, 10, 1}, 80).find("100%"), std::string::npos);
}

TEST(Progress, ALineNeverExceedsTheTerminal) {
    const std::string label(300, 'x');
    for (int columns = 1; columns < 200; ++columns) {
        EXPECT_LE(format_progress({label, 1, 3, 1'000'000}, columns).size(), static_cast<std::size_t>(columns) + 4)
            << columns;
        EXPECT_LE(format_progress({label, 1, -1, 1'000'000}, columns).size(), static_cast<std::size_t>(columns) + 4)
            << columns;
    }
}

TEST(Progress, AWindowThatBecameNarrowerKeepsNoPieceOfTheLine) {
    testing::CapturedTerminal captured;
    Terminal terminal = captured.surroundings().terminal;
    int columns = 80;
    terminal.err_is_terminal = terminal.steerable = true;
    terminal.columns = [&columns] { return columns; };
    ProgressLine line(terminal);
    line.draw("a.tif", 10, 10);
    const std::string wide = captured.err();
    EXPECT_TRUE(wide.starts_with("\r\x1b[Ja.tif [")) << wide;
    columns = 30; // where the terminal breaks the line in three
    line.draw("a.tif", 10, 10);
    const std::string narrow = captured.err().substr(wide.size());
    EXPECT_TRUE(narrow.starts_with("\r\x1b[1A\x1b[J")) << narrow;
    EXPECT_LE(narrow.size(), 30U + 8);
    line.clear();
    EXPECT_TRUE(captured.err().ends_with("\r\x1b[J"));
}

TEST(Progress, SpeedFollowsTheLastSeconds) {
    SpeedEstimate speed;
    const SpeedEstimate::Instant start{};
    EXPECT_EQ(speed.bytes_per_second(), 0);
    for (int second = 0; second <= 60; ++second)
        speed.note(second * 1000, start + std::chrono::seconds(second));
    EXPECT_NEAR(speed.bytes_per_second(), 1000, 1e-6);
    for (int second = 61; second <= 100; ++second)
        speed.note(60'000 + (second - 60) * 5000, start + std::chrono::seconds(second));
    EXPECT_NEAR(speed.bytes_per_second(), 5000, 5);
}

TEST(Progress, BytesTakenBackAreNoNegativeSpeed) {
    SpeedEstimate speed;
    const SpeedEstimate::Instant start{};
    speed.note(1000, start);
    speed.note(0, start + std::chrono::seconds(1));
    EXPECT_EQ(speed.bytes_per_second(), 0);
}

TEST(Terminal, ControlCharactersCannotSteerIt) {
    EXPECT_EQ(printable("a\x1b[2Jb\n\x7f"), "a?[2Jb??");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m é"),
              "?31m é");
    EXPECT_EQ(printable("\xff"), "\xEF\xBF\xBD");
}

} // namespace
} // namespace landfall::cli
