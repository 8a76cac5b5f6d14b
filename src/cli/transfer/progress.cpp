#include "cli/transfer/progress.hpp"

#include "core/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace landfall::cli {
namespace {

constexpr double kHalfLifeSeconds = 3;
constexpr std::chrono::milliseconds kRedraw{100};
constexpr int kWidestBar = 30;
constexpr int kNarrowestBar = 5;

/// At most `columns` characters, with an ellipsis in the place of what was cut; never half a UTF-8 character.
std::string shortened(std::string_view text, std::size_t columns) {
    std::string out;
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = 1;
        while (i + length < text.size() && (static_cast<unsigned char>(text[i + length]) & 0xC0U) == 0x80U)
            ++length;
        if (used + 1 == columns && i + length < text.size())
            return out + "…";
        if (used == columns)
            return out;
        out += text.substr(i, length);
        ++used;
        i += length;
    }
    return out;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string bar(double fraction, int width) {
    const int full = static_cast<int>(std::floor(fraction * width));
    std::string text(static_cast<std::size_t>(full), '=');
    if (full < width)
        text += '>';
    text.resize(static_cast<std::size_t>(width), ' ');
    return "[" + text + "]";
}

} // namespace

void SpeedEstimate::note(std::int64_t bytes, Instant now) {
    if (!last_time_) {
        last_time_ = now;
        last_bytes_ = bytes;
        return;
    }
    const double elapsed = std::chrono::duration<double>(now - *last_time_).count();
    if (elapsed < 0.05)
        return;
    const double current = static_cast<double>(std::max<std::int64_t>(bytes - last_bytes_, 0)) / elapsed;
    const double kept = speed_ > 0 ? std::exp2(-elapsed / kHalfLifeSeconds) : 0;
    speed_ = kept * speed_ + (1 - kept) * current;
    last_time_ = now;
    last_bytes_ = bytes;
}

std::string format_bytes(std::int64_t bytes) {
    constexpr std::array<std::string_view, 6> kUnits{"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000)
        return fmt::format("{} B", std::max<std::int64_t>(bytes, 0));
    double value = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string format_seconds(double seconds) {
    if (!(seconds >= 0) || seconds > 359'999)
        return "--";
    const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
    if (whole < 60)
        return fmt::format("{}s", whole);
    if (whole < 3600)
        return fmt::format("{}:{:02}", whole / 60, whole % 60);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string format_progress(const Moment& moment, int columns) {
    const std::int64_t done = moment.total >= 0 ? std::clamp<std::int64_t>(moment.done, 0, moment.total) : moment.done;
    const std::string speed = format_bytes(static_cast<std::int64_t>(moment.bytes_per_second)) + "/s";
    const auto width = static_cast<std::size_t>(std::max(columns, 1));
    if (moment.total < 0)
        return shortened(fmt::format("{}  {}  {}", shortened(moment.label, width / 2), format_bytes(done), speed),
                         width);
    const double fraction = moment.total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(moment.total);
    const double left =
        moment.bytes_per_second > 0 ? static_cast<double>(moment.total - done) / moment.bytes_per_second : -1;
    std::string figures =
        fmt::format(" {:3.0f}%  {} / {}", std::floor(fraction * 100), format_bytes(done), format_bytes(moment.total));
    if (fraction < 1)
        figures += fmt::format("  {}  ETA {}", speed, format_seconds(left));
    else if (moment.bytes_per_second > 0)
        figures += "  " + speed;
    const int room = static_cast<int>(width) - static_cast<int>(characters(figures)) - 3;
    const std::string label = shortened(moment.label, static_cast<std::size_t>(std::clamp(room / 2, 0, 40)));
    const int bar_width = std::min(room - static_cast<int>(characters(label)), kWidestBar);
    if (bar_width < kNarrowestBar)
        return shortened(figures.substr(1), width);
    return label + (label.empty() ? "" : " ") + bar(fraction, bar_width) + figures;
}

void ProgressLine::draw(std::string_view label, std::int64_t done, std::int64_t total) {
    if (!terminal_.err_is_terminal)
        return;
    const auto now = std::chrono::steady_clock::now();
    if (drawn_ && now - *drawn_ < kRedraw && done != total)
        return;
    drawn_ = now;
    speed_.note(done, now);
    const std::string name = printable(label);
    const std::string line = format_progress({name, done, total, speed_.bytes_per_second()}, terminal_.columns() - 1);
    put(terminal_.err, "{}{}", erasure(), line);
    std::fflush(terminal_.err);
    shown_ = static_cast<int>(characters(line));
}

/// What takes the line away and leaves the cursor where it began. A window that became narrower has broken it into
/// several.
std::string ProgressLine::erasure() const {
    const int columns = std::max(terminal_.columns(), 1);
    if (!terminal_.steerable)
        return fmt::format("\r{:{}}\r", "", std::min(shown_, std::max(columns - 1, 1)));
    const int above = shown_ > 0 ? (shown_ - 1) / columns : 0;
    return above > 0 ? fmt::format("\r\x1b[{}A\x1b[J", above) : "\r\x1b[J";
}

void ProgressLine::keep() {
    if (shown_ > 0)
        put(terminal_.err, "\n");
    shown_ = 0;
}

void ProgressLine::clear() {
    if (shown_ == 0)
        return;
    put(terminal_.err, erasure());
    std::fflush(terminal_.err);
    shown_ = 0;
}

} // namespace landfall::cli
