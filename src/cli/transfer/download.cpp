#include "cli/session.hpp"
#include "cli/transfer/fetch.hpp"
#include "cli/transfer/file_name.hpp"
#include "core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace landfall::cli {
namespace {

/// The raw digest of a sha2-256 multihash; nothing for another kind.
std::optional<std::string> digest_of(std::string_view multihash) {
    constexpr std::string_view kSha256 = "1220";
    if (!multihash.starts_with(kSha256) || multihash.size() != kSha256.size() + 64)
        return std::nullopt;
    return from_hex(multihash.substr(kSha256.size()));
}

bool has_role(const Json& asset, std::string_view wanted) {
    const auto& roles = asset["roles"].items();
    return std::any_of(roles.begin(), roles.end(), [&](const Json& role) { return role.as_view() == wanted; });
}

/// Was uploaded: a rendition holds the same data, but says of itself that it is an overview.
bool is_original(const Json& asset) {
    return has_role(asset, "data") && !has_role(asset, "overview");
}

/// The asset of that key or id; without one the only asset, or the only one with uploaded data.
Result<const Json*> choose(const Json& assets, const std::optional<std::string>& wanted) {
    std::vector<const Json*> fitting;
    std::vector<std::string> keys;
    for (const Json& asset : assets.items()) {
        keys.push_back(printable(asset["key"].as_view()));
        const bool named = wanted && (asset["key"].as_view() == *wanted || asset["id"].as_view() == *wanted);
        if (named || (!wanted && (assets.items().size() == 1 || is_original(asset))))
            fitting.push_back(&asset);
    }
    if (fitting.size() == 1)
        return fitting.front();
    if (keys.empty())
        return fail(Code::NotFound, "The item has no files");
    if (wanted)
        return fail(Code::NotFound,
                    fmt::format("The item has no asset '{}'; it has {}", *wanted, fmt::join(keys, ", ")));
    return fail(Code::InvalidArgument,
                fmt::format("The item has several files; name one with --asset: {}", fmt::join(keys, ", ")));
}

/// Where the bytes end up. Empty `file`: the storage names it.
struct Destination {
    std::filesystem::path folder;
    std::filesystem::path file;
};

Destination destination_of(const std::optional<std::string>& output) {
    if (!output)
        return {};
    std::error_code ignored;
    if (std::filesystem::is_directory(*output, ignored))
        return {*output, {}};
    return {{}, *output};
}

/// A file that nobody named is never replaced; found out before its bytes are sent for nothing.
Status check_free(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(std::filesystem::symlink_status(file, ignored)))
        return {};
    return fail(Code::Internal, fmt::format("'{}' exists already; remove it, or name a file with -o", file.string()));
}

class Download {
public:
    Download(Server server, const Surroundings& surroundings, const Invocation& invocation)
        : server_(std::move(server)), terminal_(surroundings.terminal), surroundings_(surroundings),
          invocation_(invocation), line_(terminal_) {}

    int run(const std::string& item_id) {
        Api api(server_, surroundings_.interrupted);
        const auto assets = with_retries<Json>(surroundings_.retry, surroundings_.interrupted, [&] {
            return api.call_json("items.list_assets", Json::object({{"item_id", item_id}}));
        });
        if (!assets)
            return report(terminal_, assets.error());
        const auto chosen = choose(*assets, invocation_.value("asset"));
        if (!chosen && chosen.error().code == Code::InvalidArgument)
            return report_usage(terminal_, chosen.error());
        if (!chosen)
            return report(terminal_, chosen.error());
        const Json& found = **chosen;
        const WantedAsset asset{item_id, found["id"].as_string(), found["key"].as_string(),
                                found["media_type"].as_string(), digest_of(found["checksum"].as_view())};
        const auto saved = invocation_.value("output") == "-" ? to_stream(asset) : to_file(asset);
        line_.clear();
        return saved ? 0 : report(terminal_, saved.error());
    }

private:
    FetchOptions options(std::string label) {
        RetryPolicy retry = surroundings_.retry;
        retry.on_wait = [this](const Error& error, std::chrono::milliseconds delay) {
            line_.clear();
            terminal_.note(retry_note(error, delay));
        };
        return {
            server_,
            std::move(retry),
            surroundings_.interrupted,
            [this, label = std::move(label)](std::int64_t done, std::int64_t total) { line_.draw(label, done, total); },
            {}};
    }

    Status to_stream(const WantedAsset& asset) {
        StreamTarget target(terminal_.out, meter_);
        TRY(const Fetched fetched, fetch_asset(asset, options(asset.key), target));
        line_.clear();
        terminal_.note(fmt::format("{} written", format_bytes(fetched.size)));
        return {};
    }

    Status to_file(const WantedAsset& asset) {
        const Destination destination = destination_of(invocation_.value("output"));
        const std::string own_name = safe_file_name(asset.item_id + "-" + asset.key + extension_of(asset.media_type));
        const std::filesystem::path stem = destination.file.empty() ? destination.folder / own_name : destination.file;
        // Without a checksum nothing would tell whether an earlier part is of the same file.
        const auto earlier = asset.sha256 ? PartialFile::Earlier::Keep : PartialFile::Earlier::Drop;
        TRY(const auto part, PartialFile::open(stem.string() + ".part", earlier, meter_));
        const auto named = [&](const std::optional<std::string>& file_name) {
            return destination.folder / (file_name ? safe_file_name(*file_name) : own_name);
        };
        FetchOptions how = options(destination.file.empty() ? asset.key : stem.filename().string());
        if (destination.file.empty())
            how.accept = [&](const auto& file_name) { return check_free(named(file_name)); };
        const auto fetched = fetch_asset(asset, how, *part);
        if (!fetched) {
            if (part->size() == 0)
                ::unlink(part->path().c_str());
            return fail(fetched.error());
        }
        const auto file = destination.file.empty() ? named(fetched->file_name) : destination.file;
        CHECK_OK(part->finish(file.string(), destination.file.empty() ? PartialFile::Existing::Refuse
                                                                      : PartialFile::Existing::Replace));
        tell(asset, file.string(), fetched->size);
        return {};
    }

    void tell(const WantedAsset& asset, const std::string& file, std::int64_t size) {
        line_.clear();
        if (invocation_.has("json")) {
            terminal_.print(Json::object({{"file", file},
                                          {"size_bytes", size},
                                          {"asset_id", asset.asset_id},
                                          {"checksum", asset.sha256 ? Json(multihash_sha256(*asset.sha256)) : Json()}})
                                .dump());
            return;
        }
        terminal_.print(printable(file));
        terminal_.note(fmt::format("{}{}", format_bytes(size), asset.sha256 ? ", checksum verified" : ""));
    }

    Server server_;
    const Terminal& terminal_;
    const Surroundings& surroundings_;
    const Invocation& invocation_;
    Meter meter_;
    ProgressLine line_;
};

} // namespace

int run_download(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    if (invocation.value("output") == "-" && terminal.out_is_terminal) {
        terminal.complain("Standard output is a terminal; redirect it, or give -o FILE");
        return 2;
    }
    auto server = server_of(invocation, terminal);
    if (!server)
        return report_usage(terminal, server.error());
    return Download(std::move(*server), surroundings, invocation).run(invocation.operands.front());
}

} // namespace landfall::cli
