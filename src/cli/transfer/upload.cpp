#include "cli/session.hpp"
#include "cli/transfer/session_file.hpp"
#include "cli/transfer/shown_transfer.hpp"
#include "core/ids.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace landfall::cli {
namespace {

constexpr std::chrono::seconds kReportEvery{15};
constexpr int kAskEvery = 6; ///< first waits of a retry: three seconds

/// What the flags say.
struct UploadOptions {
    Pacing pacing;
    std::string resume; ///< a session; empty: a new one
    std::optional<std::string> name, datetime;
};

Result<UploadOptions> options_of(const Invocation& invocation) {
    UploadOptions options;
    TRY(options.pacing, pacing_of(invocation));
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

Json initiate_input(const Invocation& invocation, const std::vector<LocalFile>& files) {
    Json input = Json::object({{"project_id", invocation.value("project").value_or("")},
                               {"transfer_method", "cli"},
                               {"file_count", static_cast<std::int64_t>(files.size())},
                               {"total_bytes", total_size(files)},
                               {"is_categorical", invocation.has("categorical")}});
    for (const auto& [flag, member] : {std::pair("collection", "target_collection_id"),
                                       std::pair("item", "target_item_id"), std::pair("asset-key", "asset_key")})
        if (const auto value = invocation.value(flag))
            input.set(member, *value);
    return input;
}

/// One upload session from its opening to its end.
class UploadSession {
public:
    UploadSession(Server server, const Surroundings& surroundings, UploadOptions options, std::vector<LocalFile> files)
        : surroundings_(surroundings), terminal_(surroundings.terminal), server_(std::move(server)),
          api_(server_, surroundings.interrupted), options_(std::move(options)),
          transfer_(surroundings, std::move(files), options_.pacing) {
        transfer_.plan().authorities = server_.authorities;
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
                sent = transfer_.send([this] { tell_progress(); });
            if (!sent)
                return end(sent.error(), "transfer");
        }
        TRY(Json done, complete());
        CHECK_OK(describe(done["item_ids"]));
        return done;
    }

private:
    Result<Json> repeated(const std::function<Result<Json>()>& call) const { return transfer_.repeated(call); }
    Json as_input() const { return Json::object({{"upload_id", upload_id_}}); }

    Result<Json> open(const Json& initiate) {
        const std::string key = "cli-" + unique_part(); // makes repeating the call safe
        TRY(Json opened, repeated([&] { return api_.call_json("uploads.initiate", initiate, key); }));
        upload_id_ = opened["id"].as_string();
        if (upload_id_.empty())
            return fail(Code::Internal,
                        "The server opened no upload; check that the address is that of a Landfall server");
        return opened;
    }

    Result<Json> found() {
        upload_id_ = options_.resume;
        return repeated([&] { return api_.call_json("uploads.get", as_input()); });
    }

    /// Finds out what is there and what is still to be sent. Large files go in parts.
    Status prepare(const Json& there) {
        const std::int64_t part_size = options_.pacing.part_size.value_or(kUsualPart);
        for (std::size_t i = 0; i < transfer_.files().size(); ++i) {
            const LocalFile& file = transfer_.files()[i];
            const SessionFile wanted{server_, upload_id_, file, options_.pacing.part_size};
            if (is_stored(there, file))
                transfer_.skip(file);
            else if (file.size <= part_size)
                transfer_.plan().aim(i, whole_file(wanted));
            else
                CHECK_OK(begin_parts(i, wanted));
        }
        return {};
    }

    static bool is_stored(const Json& there, const LocalFile& file) {
        return std::ranges::any_of(there.items(), [&](const Json& one) {
            return one["file_name"].as_view() == file.name && one["state"].as_view() == "stored" &&
                   one["size"].as_integer(-1) == file.size;
        });
    }

    Status begin_parts(std::size_t index, const SessionFile& wanted) {
        TRY(auto target, transfer_.repeated<std::shared_ptr<PartFile>>([&] { return begin_in_parts(api_, wanted); }));
        transfer_.meter().add(target->present_bytes());
        transfer_.plan().aim(index, std::move(target));
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

    /// For whoever watches the session elsewhere; a failure changes nothing.
    void tell_progress() {
        const auto now = std::chrono::steady_clock::now();
        if (now - reported_ < kReportEvery)
            return;
        reported_ = now;
        (void)api_.call_json("uploads.progress",
                             Json::object({{"upload_id", upload_id_},
                                           {"status", "transferring"},
                                           {"bytes_uploaded", std::max<std::int64_t>(transfer_.meter().bytes(), 0)}}));
    }

    Result<Json> complete() {
        if (terminal_.err_is_terminal)
            terminal_.note("All files are sent; the server reads them now");
        // A call whose connection broke may still be at work: a repeat is Aborted until it is done.
        const auto done = completed();
        if (done)
            return Json::object({{"upload_id", upload_id_},
                                 {"item_ids", (*done)["item_ids"]},
                                 {"warnings", Json((*done)["warnings"].items())}});
        if (!is_transient(done.error()))
            return end(done.error(), "complete");
        Error error = done.error();
        error.message = fmt::format("{}. The files have arrived: run `landfall uploads complete --upload-id {}` later",
                                    without_full_stop(std::move(error.message)), upload_id_);
        return fail(std::move(error));
    }

    /// Waits too for what the server goes on reading after its first answer.
    Result<Json> completed() {
        for (;;) {
            TRY(Json answer, repeated([&] { return api_.call_json("uploads.complete", as_input()); }));
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
            TRY(const Json seen, repeated([&] { return api_.call_json("uploads.progress", as_input()); }));
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
                        reason, upload_id_);
        return fail(std::move(error));
    }

    /// Gives the reservation back.
    tl::unexpected<Error> give_up(Error error, std::string_view step) {
        Api api(server_);
        const Json input = Json::object(
            {{"upload_id", upload_id_}, {"error_message", error_lines(error).front()}, {"error_step", step}});
        (void)api.call_json("uploads.fail", input); // already failed, or unreachable: it expires by itself
        return fail(std::move(error));
    }

    const Surroundings& surroundings_;
    const Terminal& terminal_;
    const Server server_;
    Api api_;
    const UploadOptions options_;
    ShownTransfer transfer_;
    std::string upload_id_;
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
