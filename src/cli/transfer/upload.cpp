#include "cli/session.hpp"
#include "cli/transfer/local_files.hpp"
#include "cli/transfer/part_file.hpp"
#include "cli/transfer/transfer.hpp"
#include "core/byte_size.hpp"
#include "core/ids.hpp"
#include "core/mutex.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace landfall::cli {
namespace {

constexpr std::chrono::seconds kReportEvery{15};
constexpr int kAskEvery = 6; ///< first waits of a retry: three seconds

/// What the flags say.
struct UploadOptions {
    int parallel = 4;
    std::optional<std::int64_t> part_size, limit_rate;
    std::string resume; ///< a session; empty: a new one
    std::optional<std::string> name, datetime;
};

Result<std::optional<std::int64_t>> bytes_of(const Invocation& invocation, const std::string& flag) {
    const auto text = invocation.value(flag);
    if (!text)
        return std::optional<std::int64_t>();
    const auto bytes = parse_byte_size(*text);
    if (!bytes || *bytes <= 0)
        return fail(Code::InvalidArgument, fmt::format("--{} needs a number of bytes such as 800kB or 16MiB", flag));
    return bytes;
}

Result<UploadOptions> options_of(const Invocation& invocation) {
    UploadOptions options;
    const std::string text = invocation.value("parallel").value_or("4");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.parallel);
    if (error != std::errc() || end != text.data() + text.size() || options.parallel < 1 || options.parallel > 16)
        return fail(Code::InvalidArgument, "--parallel needs a number from 1 to 16");
    TRY(options.part_size, bytes_of(invocation, "part-size"));
    TRY(options.limit_rate, bytes_of(invocation, "limit-rate"));
    options.resume = invocation.value("resume").value_or("");
    options.name = invocation.value("name");
    options.datetime = invocation.value("datetime");
    if (options.datetime && !parse_rfc3339(*options.datetime))
        return fail(Code::InvalidArgument, "--datetime needs a time such as 2026-05-17T10:30:00Z");
    if (options.resume.empty() && !invocation.value("project"))
        return fail(Code::InvalidArgument,
                    "Name the project with --project ID, or the upload to go on with --resume ID");
    return options;
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
    UploadSession(Server server, const Surroundings& surroundings, UploadOptions options, std::vector<LocalFile> files)
        : surroundings_(surroundings), terminal_(surroundings.terminal), api_(server, surroundings.interrupted),
          options_(std::move(options)), total_(total_of(files)), line_(terminal_) {
        plan_.files = std::move(files);
        plan_.parallel = options_.parallel;
        plan_.limit = std::make_shared<RateLimit>(options_.limit_rate.value_or(0));
        plan_.server = std::move(server);
        plan_.retry = surroundings.retry;
        plan_.retry.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
            const Lock lock(mutex_);
            waiting_ = retry_note(error, delay);
        };
        plan_.interrupted = surroundings.interrupted;
    }

    Result<Json> run(const Json& initiate) {
        TRY(const Json session, options_.resume.empty() ? open(initiate) : found());
        const auto status = session["status"].as_view();
        if (status == "failed")
            return fail(Code::Conflict, fmt::format("The upload has failed: {}. Start a new one",
                                                    without_full_stop(session["error_message"].as_string())));
        if (status != "completed" && status != "processing") {
            Status sent = prepare(session["files"]);
            if (sent)
                sent = send();
            if (!sent) {
                line_.clear();
                return end(sent.error(), "transfer");
            }
            line_.keep();
        }
        TRY(Json done, complete());
        CHECK_OK(describe(done["item_ids"]));
        return done;
    }

private:
    Result<Json> repeated(const std::function<Result<Json>()>& call) const {
        RetryPolicy policy = surroundings_.retry;
        policy.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
            terminal_.note(retry_note(error, delay));
        };
        return with_retries<Json>(policy, surroundings_.interrupted, call);
    }

    Result<Json> open(const Json& initiate) {
        const std::string key = "cli-" + unique_part(); // makes repeating the call safe
        TRY(Json opened, repeated([&] { return api_.call_json("uploads.initiate", initiate, key); }));
        plan_.upload_id = opened["id"].as_string();
        if (plan_.upload_id.empty())
            return fail(Code::Internal,
                        "The server opened no upload; check that the address is that of a Landfall server");
        return opened;
    }

    Result<Json> found() {
        plan_.upload_id = options_.resume;
        return repeated([&] { return api_.call_json("uploads.get", session_of(plan_)); });
    }

    /// Finds out what is there and what is still to be sent. Large files go in parts.
    Status prepare(const Json& there) {
        const std::int64_t part_size = options_.part_size.value_or(kUsualPart);
        plan_.in_parts.resize(plan_.files.size());
        for (std::size_t i = 0; i < plan_.files.size(); ++i) {
            const LocalFile& file = plan_.files[i];
            if (is_stored(there, file)) {
                meter_.add(file.size);
                ++arrived_;
            } else if (file.size <= part_size) {
                plan_.pieces.push_back({i});
            } else {
                CHECK_OK(begin_parts(i));
            }
        }
        return {};
    }

    static bool is_stored(const Json& there, const LocalFile& file) {
        return std::ranges::any_of(there.items(), [&](const Json& one) {
            return one["file_name"].as_view() == file.name && one["state"].as_view() == "stored" &&
                   one["size"].as_integer(-1) == file.size;
        });
    }

    Status begin_parts(std::size_t index) {
        const LocalFile& file = plan_.files[index];
        const PartsWanted wanted{plan_.upload_id, file.path, file.name, file.size, options_.part_size};
        RetryPolicy policy = surroundings_.retry;
        policy.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
            terminal_.note(retry_note(error, delay));
        };
        TRY(plan_.in_parts[index], with_retries<std::shared_ptr<PartFile>>(policy, surroundings_.interrupted, [&] {
                return begin_in_parts(api_, wanted);
            }));
        const auto missing = plan_.in_parts[index]->missing();
        meter_.add(plan_.in_parts[index]->present_bytes());
        for (const int number : missing)
            plan_.pieces.push_back({index, number});
        if (missing.empty())
            plan_.pieces.push_back({index, Piece::kComplete});
        return {};
    }

    /// What the flags say of the items, which the files did not.
    Status describe(const Json& items) {
        Json change = Json::object({});
        if (options_.datetime)
            change.set("datetime", *options_.datetime);
        if (options_.name && items.items().size() == 1)
            change.set("name", *options_.name);
        else if (options_.name)
            terminal_.warn(fmt::format("--name was not used: the upload made {} items", items.items().size()));
        if (!options_.datetime && !change["name"].is_string())
            return {};
        for (const Json& item : items.items()) {
            change.set("item_id", item);
            CHECK_OK(repeated([&] { return api_.call_json("items.update", change); }));
        }
        return {};
    }

    Status send() {
        if (plan_.pieces.empty())
            return {};
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
            return end(done.error(), "complete");
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

    /// What a bad link or an interrupt broke off can be gone on with; what the server refuses ends the session.
    tl::unexpected<Error> end(Error error, std::string_view step) {
        if (error.code != Code::Canceled && !is_transient(error))
            return give_up(std::move(error), step);
        const std::string reason =
            error.code == Code::Canceled ? "Interrupted" : without_full_stop(error_lines(error).front());
        error.fields.clear();
        error.message =
            fmt::format("{}. What has arrived is kept for a day: run the command again with --resume {}, or "
                        "give it up with `landfall uploads fail`",
                        reason, plan_.upload_id);
        return fail(std::move(error));
    }

    /// Gives the reservation back.
    tl::unexpected<Error> give_up(Error error, std::string_view step) {
        Api api(plan_.server);
        const Json input = Json::object(
            {{"upload_id", plan_.upload_id}, {"error_message", error_lines(error).front()}, {"error_step", step}});
        (void)api.call_json("uploads.fail", input); // already failed, or unreachable: it expires by itself
        return fail(std::move(error));
    }

    const Surroundings& surroundings_;
    const Terminal& terminal_;
    Api api_;
    const UploadOptions options_;
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
    auto options = options_of(invocation);
    if (!options)
        return report_usage(terminal, options.error());
    const auto server = server_of(invocation, terminal);
    if (!server)
        return report_usage(terminal, server.error());
    auto files = local_files(invocation.operands);
    if (!files)
        return report(terminal, files.error());
    const Json initiate = initiate_input(invocation, *files);
    UploadSession session(*server, surroundings, *std::move(options), *std::move(files));
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
