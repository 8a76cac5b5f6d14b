#include "stac/routes/files.hpp"

#include "domain/items/assets.hpp"
#include "domain/items/lost_objects.hpp"
#include "domain/ledger/journal.hpp"
#include "http/message/conditional.hpp"
#include "serving/blob_body.hpp"
#include "stac/refusal.hpp"
#include "stac/routes/assets.hpp"

#include <fmt/format.h>

#include <array>

namespace landfall::stac {
namespace {

constexpr std::string_view kAct = "stac.files.get";
constexpr std::string_view kKept = "max-age=7200, public";
constexpr std::string_view kSha256 = "1220"; ///< how a multihash of it begins

/// An asset with a file here.
struct Found {
    catalog::AssetRow asset;
    std::optional<std::string> cache_control;
};

Status find(const Asked& asked, Found& found) {
    TRY(const auto seen, require_assets(asked));
    TRY(found.asset, require_asset(asked, seen));
    if (!found.asset.blob_key)
        return not_found();
    found.cache_control = seen.cache_control;
    return domain::check_handing_out(asked.cx, found.asset);
}

Result<std::shared_ptr<const storage::BlobReader>> open(const domain::Services& services,
                                                        const catalog::AssetRow& asset) {
    auto reader = services.store.open(*asset.blob_key);
    const bool is_lost = reader ? (*reader)->size() != asset.file_size_bytes : reader.error().code == Code::NotFound;
    if (is_lost)
        (void)services.lost.settle(services, std::array{*asset.blob_key}); // the answer is the same
    if (is_lost)
        return not_found();
    if (!reader)
        return fail(std::move(reader).error());
    return std::shared_ptr<const storage::BlobReader>(*std::move(reader));
}

http::Response describe(const http::Request& request, const Found& found, bool is_public) {
    const catalog::AssetRow& asset = found.asset;
    http::Response full;
    allow_everybody(request, full);
    full.headers.set("Content-Type", asset.media_type);
    full.headers.set("Cache-Control",
                     is_public ? found.cache_control.value_or(std::string(kKept)) : "private, no-cache");
    if (asset.content_encoding)
        full.headers.set("Content-Encoding", *asset.content_encoding);
    if (asset.checksum && asset.checksum->starts_with(kSha256))
        full.headers.set("x-amz-meta-sha256", asset.checksum->substr(kSha256.size()));
    return full;
}

void count_bytes(const domain::Services& services, const catalog::AssetRow& asset, http::Response& response) {
    domain::Consumer consumer{asset.organization_id, asset.project_id, asset.item_id, "", UserId()};
    response.on_sent = [&journal = services.journal, consumer = std::move(consumer)](std::int64_t bytes) {
        if (bytes > 0)
            journal.count(consumer, catalog::UsageKind::EgressBytes, bytes);
    };
}

} // namespace

http::Response send_file(const Site& site, const http::Request& request) {
    Found found;
    const Looked looked = look(site, request, kAct, [&](const Asked& asked) -> Status { return find(asked, found); });
    const auto named = [&](http::Response response) {
        response.operation = kAct;
        response.principal = looked.outcome.principal;
        return response;
    };
    if (!looked.outcome.answer)
        return named(refusal(request, looked.outcome.answer.error()));
    const auto reader = open(site.services, found.asset);
    if (!reader)
        return named(refusal(request, reader.error()));
    http::Response full = describe(request, found, looked.is_public);
    full.body = serving::body_of(*reader, found.asset.file_size_bytes.value_or(0));
    http::Response response = http::answer_conditionally(
        request, std::move(full),
        {fmt::format("\"{}\"", found.asset.md5.value_or("")), found.asset.updated_at, http::Ranges::Bytes},
        refuse_as_stac);
    if (request.method == "GET" && (response.status == 200 || response.status == 206))
        count_bytes(site.services, found.asset, response);
    return named(std::move(response));
}

} // namespace landfall::stac
