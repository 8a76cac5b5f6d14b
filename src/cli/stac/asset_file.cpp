#include "cli/stac/asset_file.hpp"

#include "cli/api.hpp"
#include "core/conditions.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::cli {
namespace {

constexpr int kTries = 3; ///< uploads of others may begin and end between two calls

/// An upload in progress as the target of a transfer.
class AssetParts final : public PartFile {
public:
    AssetParts(StacServer server, std::string upload, const AnnouncedFile& announced, const Json& document)
        : PartFile(announced.part_size, announced.file.size), server_(std::move(server)), upload_(std::move(upload)),
          md5s_(announced.md5s) {
        know(addresses_of(document));
    }

private:
    Addresses addresses_of(const Json& document) const {
        Addresses addresses;
        for (const Json& one : document["urls"].items()) {
            const std::int64_t number = one["part"].as_integer(0);
            if (number >= 1 && number <= std::ssize(md5s_))
                addresses.insert_or_assign(
                    static_cast<int>(number),
                    PartAddress{one["url"].as_string(),
                                {{"Content-MD5", to_base64(md5s_[static_cast<std::size_t>(number - 1)])}}});
        }
        return addresses;
    }

    Result<Addresses> sign(const std::vector<int>& /*numbers*/, const SharedClient& client) const override {
        TRY(const Json document, StacApi(server_, client).get(upload_));
        return addresses_of(document);
    }

    Status complete(const Etags& etags, const SharedClient& client) const override {
        Json parts = Json::array();
        for (const auto& [number, md5] : etags)
            parts.push(Json::object({{"part_number", number}, {"etag", fmt::format("\"{}\"", md5)}}));
        StacApi api(server_, client);
        const auto done = api.post(upload_ + "/complete", Json::object({{"parts", std::move(parts)}}));
        if (done)
            return {};
        // A call whose answer got lost may have completed it.
        const auto now = done.error().code == Code::Conflict ? api.get(upload_) : Result<Json>(fail(done.error()));
        return now && (*now)["status"].as_view() == "completed" ? Status() : Status(fail(done.error()));
    }

    const StacServer server_;
    const std::string upload_;
    const std::vector<std::string> md5s_; ///< raw
};

Json md5_parts(const AnnouncedFile& announced) {
    Json parts = Json::array();
    for (const std::string& md5 : announced.md5s)
        parts.push(Json::object(
            {{"part_number", static_cast<std::int64_t>(parts.items().size()) + 1}, {"md5", to_base64(md5)}}));
    return parts;
}

/// Whether an upload was announced for exactly these parts.
bool has_parts_of(const Json& upload, const AnnouncedFile& announced) {
    std::map<std::int64_t, std::string> theirs;
    for (const Json& part : upload["md5_parts"].items())
        theirs.emplace(part["part_number"].as_integer(0), from_base64(part["md5"].as_view()).value_or(""));
    std::int64_t number = 0;
    return theirs.size() == announced.md5s.size() &&
           std::ranges::all_of(announced.md5s, [&](const std::string& md5) { return theirs[++number] == md5; });
}

/// Whether an address of it holds no more.
bool has_expired(const Json& upload) {
    const Timestamp now = SystemClock().now();
    return std::ranges::any_of(upload["urls"].items(), [&](const Json& one) {
        const auto expires = parse_rfc3339(one["expires"].as_view());
        return expires && *expires <= now;
    });
}

} // namespace

std::string AssetUpload::path(std::string_view upload) const {
    return asset_ + "/uploads" + stac_path({upload});
}

std::shared_ptr<PartFile> AssetUpload::parts_of(const Json& upload) const {
    return std::make_shared<AssetParts>(server_, path(id_), announced_, upload);
}

Result<std::shared_ptr<PartFile>> AssetUpload::begin(StacApi& api, Others others) {
    for (int tried = 1;; ++tried) {
        auto created = create(api);
        if (created || created.error().message != kUploadInProgress || tried == kTries)
            return created;
        TRY(const Json list, api.get(asset_ + "/uploads?status=in-progress"));
        if (list["uploads"].items().empty())
            continue;
        const Json& running = list["uploads"].items().front();
        const std::string id = running["upload_id"].as_string();
        TRY(const bool is_ours, is_of_this_file(api, running));
        if (is_ours && !has_expired(running))
            return resume(api, running);
        if (!is_ours && others == Others::Keep)
            return fail(Code::Conflict,
                        fmt::format("An upload of another file is in progress ({}): it must end first, or be ended "
                                    "with --replace",
                                    id));
        auto ended = api.post(path(id) + "/abort", Json::object({}));
        if (!ended && ended.error().code != Code::Conflict && ended.error().code != Code::NotFound)
            return fail(ended.error());
    }
}

Result<std::shared_ptr<PartFile>> AssetUpload::create(StacApi& api) {
    const Json wanted = Json::object({{"number_parts", static_cast<std::int64_t>(announced_.md5s.size())},
                                      {"md5_parts", md5_parts(announced_)},
                                      {"file:checksum", announced_.checksum}});
    TRY(const Json upload, api.post(asset_ + "/uploads", wanted));
    id_ = upload["upload_id"].as_string();
    if (id_.empty())
        return fail(Code::Internal,
                    "The server began no upload; check that the address is that of a server of the STAC API");
    return parts_of(upload);
}

Result<std::shared_ptr<PartFile>> AssetUpload::resume(StacApi& api, const Json& running) {
    id_ = running["upload_id"].as_string();
    auto file = parts_of(running);
    std::map<int, std::string> there;
    CHECK_OK(api.each(path(id_) + "/parts", "parts", [&](const Json& part) {
        there.emplace(static_cast<int>(part["part_number"].as_integer(0)),
                      std::string(bare_etag(part["etag"].as_view())));
    }));
    CHECK_OK(note_stored(*file, announced_.file.path, there));
    return file;
}

/// The same file may have been begun in parts of another size; then it is gone on with in these.
Result<bool> AssetUpload::is_of_this_file(StacApi& api, const Json& running) {
    const bool is_plain = running["content_encoding"].as_view().empty();
    if (!is_plain || lower_case(running["file:checksum"].as_view()) != announced_.checksum)
        return false;
    if (has_parts_of(running, announced_))
        return true;
    std::int64_t size = 0;
    CHECK_OK(api.each(path(running["upload_id"].as_view()) + "/parts", "parts", [&](const Json& part) {
        if (part["part_number"].as_integer(0) < running["number_parts"].as_integer(0))
            size = part["size"].as_integer(0);
    }));
    if (size <= 0)
        return false;
    Meter unused;
    TRY(auto others, announce(announced_.file, size, {unused, [] {}, {}}));
    if (!has_parts_of(running, others))
        return false;
    announced_ = std::move(others);
    return true;
}

void AssetUpload::abort(StacApi& api) const {
    if (!id_.empty())
        (void)api.post(path(id_) + "/abort", Json::object({})); // ended already, or unreachable
}

} // namespace landfall::cli
