#include "cli/stac/asset_file.hpp"
#include "cli/stac/stac_server.hpp"
#include "cli/transfer/file_name.hpp"
#include "cli/transfer/shown_transfer.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <array>

namespace landfall::cli {
namespace {

/// Where the API calls a type otherwise than the rest of the world does. Section 23.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kAssetTypes{
    {{"image/tiff", "image/tiff; application=geotiff"}, {"application/netcdf", "application/x-netcdf"}}};

/// What the command line says.
struct AssetUploads {
    Pacing pacing;
    std::vector<LocalFile> files;
    std::vector<std::string> owner; ///< ids of the collection and perhaps of the item
    std::optional<std::string> asset, type;
    AssetUpload::Others others = AssetUpload::Others::Keep;
};

Result<AssetUploads> uploads_of(const Invocation& invocation) {
    AssetUploads wanted;
    TRY(wanted.pacing, pacing_of(invocation));
    TRY(wanted.owner, segments_of(invocation.value("to").value_or(""), {1, 2},
                                  "Say with --to COLLECTION/ITEM whose asset the file is"));
    wanted.asset = invocation.value("asset");
    wanted.type = invocation.value("type");
    if (wanted.asset && invocation.operands.size() > 1)
        return fail(Code::InvalidArgument, "--asset names one file; upload several under their own names");
    if (invocation.has("replace"))
        wanted.others = AssetUpload::Others::Abort;
    TRY(wanted.files, local_files(invocation.operands));
    for (const LocalFile& file : wanted.files)
        CHECK_OK(asset_part_size(file.size, wanted.pacing.part_size));
    return wanted;
}

Result<std::string> type_of(const AssetUploads& wanted, const std::string& asset) {
    if (wanted.type)
        return *wanted.type;
    const std::string usual = media_type_of(asset);
    if (usual == "application/octet-stream")
        return fail(Code::InvalidArgument, fmt::format("Say with --type what '{}' is", printable(asset)));
    for (const auto& [name, here] : kAssetTypes)
        if (usual == name)
            return std::string(here);
    return usual;
}

/// One file on its way to its asset.
class AssetSending {
public:
    AssetSending(const AssetUploads& wanted, const LocalFile& file, StacServer server, const Surroundings& surroundings)
        : wanted_(wanted), terminal_(surroundings.terminal), stop_(surroundings.interrupted), file_(file),
          server_(std::move(server)), api_(server_, stop_), transfer_(surroundings, {file}, wanted.pacing),
          asset_(wanted.asset.value_or(file.name)) {
        transfer_.plan().authorities = server_.authorities;
    }

    /// What became of it.
    Result<Json> run() {
        TRY(const auto part_size, asset_part_size(file_.size, wanted_.pacing.part_size));
        TRY(const Json asset, transfer_.repeated<Json>([&] { return found_or_made(); }));
        TRY(auto announced, read(part_size));
        Json told = Json::object({{"asset", asset_}, {"href", asset["href"]}, {"file:checksum", announced.checksum}});
        if (lower_case(asset["file:checksum"].as_view()) == announced.checksum) {
            told.set("sent", false);
            return told;
        }
        AssetUpload upload(server_, path(), std::move(announced));
        if (const Status sent = send(upload); !sent)
            return end(upload, sent.error());
        told.set("upload_id", upload.id());
        told.set("sent", true);
        return told;
    }

private:
    std::string path() const { return owner_path(wanted_.owner) + stac_path({"assets", asset_}); }

    /// The asset, which is made where there is none.
    Result<Json> found_or_made() {
        auto found = api_.get(path());
        if (found || found.error().code != Code::NotFound)
            return found;
        TRY(const auto type, type_of(wanted_, asset_));
        auto made = api_.put(path(), Json::object({{"id", asset_}, {"type", type}}), {{"If-None-Match", "*"}});
        if (!made && made.error().code == Code::NotFound)
            return fail(Code::NotFound,
                        fmt::format("There is no {}; make it with landfall stac {} put", invocation_words(),
                                    wanted_.owner.size() > 1 ? "item" : "collection"));
        if (!made && made.error().code == Code::PreconditionFailed)
            return api_.get(path()); // somebody else made it
        return std::move(made).map([](StacAnswer&& answer) { return std::move(answer.document); });
    }

    std::string invocation_words() const {
        return wanted_.owner.size() > 1 ? fmt::format("item '{}' in '{}'", wanted_.owner[1], wanted_.owner[0])
                                        : fmt::format("collection '{}'", wanted_.owner[0]);
    }

    Result<AnnouncedFile> read(std::int64_t part_size) {
        Meter meter;
        ProgressLine line(terminal_);
        const std::string label = "reading " + file_.name;
        return announce(file_, part_size, {meter, [&] { line.draw(label, meter.bytes(), file_.size); }, stop_});
    }

    Status send(AssetUpload& upload) {
        TRY(auto target,
            transfer_.repeated<std::shared_ptr<PartFile>>([&] { return upload.begin(api_, wanted_.others); }));
        transfer_.meter().add(target->present_bytes());
        if (target->present_bytes() > 0)
            terminal_.note(
                fmt::format("{}: {} were there already", printable(file_.name), format_bytes(target->present_bytes())));
        transfer_.plan().aim(0, std::move(target));
        return transfer_.send();
    }

    /// What a bad link or an interrupt broke off can be gone on with; what the server refuses ends the upload.
    tl::unexpected<Error> end(const AssetUpload& upload, Error error) {
        if (error.code != Code::Canceled && !is_transient(error)) {
            StacApi api(server_);
            upload.abort(api);
            return fail(std::move(error));
        }
        const std::string reason =
            error.code == Code::Canceled ? "Interrupted" : without_full_stop(error_lines(error).front());
        error.fields.clear();
        error.message = reason + ". What has arrived is kept: run the same command again, and it goes on";
        return fail(std::move(error));
    }

    const AssetUploads& wanted_;
    const Terminal& terminal_;
    const std::stop_token stop_;
    const LocalFile file_;
    const StacServer server_;
    StacApi api_;
    ShownTransfer transfer_;
    const std::string asset_;
};

} // namespace

int run_stac_upload(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto wanted = uploads_of(invocation);
    if (!wanted)
        return wanted.error().code == Code::Internal ? report(terminal, wanted.error())
                                                     : report_usage(terminal, wanted.error());
    const auto server = stac_server_of(invocation, terminal, StacAccess::Write);
    if (!server)
        return report_usage(terminal, server.error());
    for (const LocalFile& file : wanted->files) {
        const auto told = AssetSending(*wanted, file, *server, surroundings).run();
        if (!told)
            return told.error().code == Code::InvalidArgument ? report_usage(terminal, told.error())
                                                              : report(terminal, told.error());
        if (!(*told)["sent"].as_bool())
            terminal.note(fmt::format("{}: the asset has this file already; nothing was sent", printable(file.name)));
        terminal.print(invocation.has("json") ? told->dump() : printable((*told)["href"].as_view()));
    }
    return 0;
}

} // namespace landfall::cli
