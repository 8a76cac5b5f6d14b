#include "cli/transfer/shown_transfer.hpp"

#include "cli/api.hpp"
#include "core/byte_size.hpp"
#include "core/numbers.hpp"

#include <fmt/format.h>

#include <utility>

namespace landfall::cli {
namespace {

constexpr int kMostParallel = 16;

Result<std::optional<std::int64_t>> bytes_of(const Invocation& invocation, const std::string& flag) {
    const auto text = invocation.value(flag);
    if (!text)
        return std::optional<std::int64_t>();
    const auto bytes = parse_byte_size(*text);
    if (!bytes || *bytes <= 0)
        return fail(Code::InvalidArgument, fmt::format("--{} needs a number of bytes such as 800kB or 16MiB", flag));
    return bytes;
}

} // namespace

Result<Pacing> pacing_of(const Invocation& invocation) {
    Pacing pacing;
    pacing.parallel = number_in<decltype(pacing.parallel)>(invocation.value("parallel").value_or("4")).value_or(0);
    if (pacing.parallel < 1 || pacing.parallel > kMostParallel)
        return fail(Code::InvalidArgument, "--parallel needs a number from 1 to 16");
    TRY(pacing.part_size, bytes_of(invocation, "part-size"));
    TRY(pacing.limit_rate, bytes_of(invocation, "limit-rate"));
    return pacing;
}

ShownTransfer::ShownTransfer(const Surroundings& surroundings, std::vector<LocalFile> files, const Pacing& pacing)
    : terminal_(surroundings.terminal), told_(surroundings.retry), total_(total_size(files)), line_(terminal_) {
    told_.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
        terminal_.note(retry_note(error, delay));
    };
    plan_.files = std::move(files);
    plan_.parallel = pacing.parallel;
    plan_.limit = std::make_shared<RateLimit>(pacing.limit_rate.value_or(0));
    plan_.retry = surroundings.retry;
    plan_.retry.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
        const Lock lock(mutex_);
        waiting_ = retry_note(error, delay);
    };
    plan_.interrupted = surroundings.interrupted;
}

void ShownTransfer::skip(const LocalFile& file) {
    meter_.add(file.size);
    ++arrived_;
}

Status ShownTransfer::send(const std::function<void()>& tick) {
    if (plan_.pieces.empty())
        return {};
    TransferEvents events;
    events.tick = [&] {
        if (const auto note = take_note()) {
            line_.clear();
            terminal_.note(*note);
        }
        draw();
        if (tick)
            tick();
    };
    events.sent = [this](const LocalFile& file) {
        ++arrived_;
        (void)take_note(); // it did not have to wait in the end
        if (!terminal_.err_is_terminal)
            terminal_.note(fmt::format("{}: {} sent ({} of {})", printable(file.name), format_bytes(file.size),
                                       arrived_, plan_.files.size()));
    };
    const Status sent = send_files(plan_, meter_, events);
    sent ? line_.keep() : line_.clear();
    return sent;
}

void ShownTransfer::draw() {
    const std::string label = plan_.files.size() == 1 ? plan_.files.front().name
                                                      : fmt::format("{} of {} files", arrived_, plan_.files.size());
    line_.draw(label, meter_.bytes(), total_);
}

std::optional<std::string> ShownTransfer::take_note() {
    const Lock lock(mutex_);
    return std::exchange(waiting_, std::nullopt);
}

} // namespace landfall::cli
