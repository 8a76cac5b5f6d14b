#include "cli/session.hpp"
#include "cli/transfer/file_source.hpp"
#include "cli/transfer/transfer.hpp"
#include "core/ids.hpp"
#include "core/mutex.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

namespace landfall::cli {
namespace {

constexpr std::chrono::seconds kReportEvery{15};
constexpr int kAskEvery = 6; ///< first waits of a retry: three seconds

Result<std::vector<LocalFile>> local_files(const std::vector<std::string>& paths) {
    std::vector<LocalFile> files;
    std::map<std::string, std::string> seen;
    Meter unused;
    for (const std::string& path : paths) {
        TRY(const auto source, FileSource::open(path, unused));
        std::string name = std::filesystem::path(path).filename().string();
        if (!is_utf8(name))
            return fail(Code::Internal,
                        fmt::format("The name of '{}' is no valid UTF-8; rename the file", printable(path)));
        const auto [other, is_new] = seen.emplace(name, path);
        if (!is_new)
            return fail(Code::Internal,
                        fmt::format("'{}' and '{}' would have the same name in one upload; upload them one by one",
                                    other->second, path));
        files.push_back({path, std::move(name), source->size()});
    }
    return files;
}

Result<int> parallel_of(const Invocation& invocation) {
    const std::string text = invocation.value("parallel").value_or("4");
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 16)
        return fail(Code::InvalidArgument, "--parallel needs a number from 1 to 16");
    return value;
}

std::int64_t total_of(const std::vector<LocalFile>& files) {
    std::int64_t total = 0;
    for (const LocalFile& file : files)
        total += file.size;
    return total;
}

Json initiate_input(const Invocation& invocation, const std::vector<LocalFile>& files) {
    Json input = Json::object({{"project_id", invocation.value("project").value_or("")},
                               {"transfer_method", "cli"},
                               {"file_count", static_cast<std::int64_t>(files.size())},
                               {"total_bytes", total_of(files)},
                               {"is_categorical", invocation.has("categorical")}});
    for (const auto& [flag, member] : {std::pair("collection", "target_collection_id"),
                                       std::pair("item", "target_item_id"), std::pair("asset-key", "asset_key")})
        if (const auto value = invocation.value(flag))
            input.set(member, *value);
    return input;
}

Json session_of(const TransferPlan& plan) {
    return Json::object({{"upload_id", plan.upload_id}});
}

/// One upload session from its opening to its end.
class UploadSession {
public:
    UploadSession(Server server, const Surroundings& surroundings, TransferPlan plan)
        : surroundings_(surroundings), terminal_(surroundings.terminal), api_(server, surroundings.interrupted),
          plan_(std::move(plan)), total_(total_of(plan_.files)), line_(terminal_) {
        plan_.server = std::move(server);
        plan_.retry = surroundings.retry;
        plan_.retry.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
            const Lock lock(mutex_);
            waiting_ = retry_note(error, delay);
        };
        plan_.interrupted = surroundings.interrupted;
    }

    Result<Json> run(const Json& initiate) {
        const std::string key = "cli-" + unique_part(); // makes repeating the call safe
        TRY(const Json opened, repeated([&] { return api_.call_json("uploads.initiate", initiate, key); }));
        plan_.upload_id = opened["id"].as_string();
        if (plan_.upload_id.empty())
            return fail(Code::Internal,
                        "The server opened no upload; check that the address is that of a Landfall server");
        const Status sent = send();
        if (!sent) {
            line_.clear();
            return give_up(sent.error(), "transfer");
        }
        line_.keep();
        return complete();
    }

private:
    Result<Json> repeated(const std::function<Result<Json>()>& call) const {
        RetryPolicy policy = surroundings_.retry;
        policy.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
            terminal_.note(retry_note(error, delay));
        };
        return with_retries<Json>(policy, surroundings_.interrupted, call);
    }

    Status send() {
        TransferEvents events;
        events.tick = [this] { tick(); };
        events.sent = [this](const LocalFile& file) {
            ++arrived_;
            (void)take_note(); // it did not have to wait in the end
            if (!terminal_.err_is_terminal)
                terminal_.note(fmt::format("{}: {} sent ({} of {})", printable(file.name), format_bytes(file.size),
                                           arrived_, plan_.files.size()));
        };
        return send_files(plan_, meter_, events);
    }

    void tick() {
        const std::string label = plan_.files.size() == 1 ? plan_.files.front().name
                                                          : fmt::format("{} of {} files", arrived_, plan_.files.size());
        if (const auto note = take_note()) {
            line_.clear();
            terminal_.note(*note);
        }
        line_.draw(label, meter_.bytes(), total_);
        const auto now = std::chrono::steady_clock::now();
        if (now - reported_ < kReportEvery)
            return;
        reported_ = now;
        // For whoever watches the session elsewhere; a failure changes nothing.
        (void)api_.call_json("uploads.progress",
                             Json::object({{"upload_id", plan_.upload_id},
                                           {"status", "transferring"},
                                           {"bytes_uploaded", std::max<std::int64_t>(meter_.bytes(), 0)}}));
    }

    std::optional<std::string> take_note() {
        const Lock lock(mutex_);
        return std::exchange(waiting_, std::nullopt);
    }

    Result<Json> complete() {
        if (terminal_.err_is_terminal)
            terminal_.note("All files are sent; the server reads them now");
        // A call whose connection broke may still be at work: a repeat is Aborted until it is done.
        const auto done = completed();
        if (done)
            return Json::object({{"upload_id", plan_.upload_id},
                                 {"item_ids", (*done)["item_ids"]},
                                 {"warnings", Json((*done)["warnings"].items())}});
        if (!is_transient(done.error()))
            return give_up(done.error(), "complete");
        Error error = done.error();
        error.message = fmt::format("{}. The files have arrived: run `landfall uploads complete --upload-id {}` later",
                                    without_full_stop(std::move(error.message)), plan_.upload_id);
        return fail(std::move(error));
    }

    /// Waits too for what the server goes on reading after its first answer.
    Result<Json> completed() {
        for (;;) {
            TRY(Json answer, repeated([&] { return api_.call_json("uploads.complete", session_of(plan_)); }));
            if (answer["status"] != Json("processing"))
                return answer;
            if (terminal_.err_is_terminal)
                terminal_.note("There is much to read; the server goes on");
            CHECK_OK(wait_while_it_reads());
        }
    }

    Status wait_while_it_reads() {
        for (;;) {
            if (!sleep_unless_stopped(kAskEvery * surroundings_.retry.base, surroundings_.interrupted))
                return fail(Code::Unavailable, "Interrupted while the server reads the files");
            TRY(const Json seen, repeated([&] { return api_.call_json("uploads.progress", session_of(plan_)); }));
            if (seen["status"] != Json("processing"))
                return {};
        }
    }

    /// Gives the reservation back, even after an interrupt.
    tl::unexpected<Error> give_up(Error error, std::string_view step) {
        Api api(plan_.server);
        const Json input = Json::object(
            {{"upload_id", plan_.upload_id}, {"error_message", error_lines(error).front()}, {"error_step", step}});
        (void)api.call_json("uploads.fail", input); // already failed, or unreachable: it expires by itself
        if (error.code == Code::Canceled)
            error.message = "Interrupted; the upload was given up and nothing is stored";
        return fail(std::move(error));
    }

    const Surroundings& surroundings_;
    const Terminal& terminal_;
    Api api_;
    TransferPlan plan_;
    std::int64_t total_;
    Meter meter_;
    ProgressLine line_;
    std::size_t arrived_ = 0;
    Mutex mutex_;
    std::optional<std::string> waiting_ GUARDED_BY(mutex_); ///< what a sender waits for
    std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
};

} // namespace

int run_upload(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto parallel = parallel_of(invocation);
    if (!parallel)
        return report_usage(terminal, parallel.error());
    const auto server = server_of(invocation, terminal);
    if (!server)
        return report_usage(terminal, server.error());
    auto files = local_files(invocation.operands);
    if (!files)
        return report(terminal, files.error());
    const Json initiate = initiate_input(invocation, *files);
    TransferPlan plan;
    plan.files = std::move(*files);
    plan.parallel = *parallel;
    UploadSession session(*server, surroundings, std::move(plan));
    const auto done = session.run(initiate);
    if (!done)
        return report(terminal, done.error());
    for (const Json& warning : (*done)["warnings"].items())
        terminal.warn(fmt::format("{}: {}", warning["file_name"].as_view(), warning["message"].as_view()));
    if (invocation.has("json")) {
        terminal.print(done->dump());
    } else {
        for (const Json& item : (*done)["item_ids"].items())
            terminal.print(printable(item.as_view()));
    }
    return 0;
}

} // namespace landfall::cli
