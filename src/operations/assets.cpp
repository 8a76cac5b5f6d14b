#include "domain/items/assets.hpp"

#include "domain/items/bands.hpp"
#include "domain/stac/links.hpp"
#include "domain/tenancy/access.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct ItemAssetsInput {
    ItemId item_id;
};
constexpr auto describe(schema::Of<ItemAssetsInput>) {
    return schema::fields(schema::field("item_id", &ItemAssetsInput::item_id, {.required = true}));
}

struct BandStatistics {
    double min = 0, max = 0, mean = 0, std = 0, p2 = 0, p98 = 0, valid = 0;
    bool exact = false;
};
constexpr auto describe(schema::Of<BandStatistics>) {
    using schema::field;
    using T = BandStatistics;
    return schema::fields(
        field("min", &T::min, {.required = true}), field("max", &T::max, {.required = true}),
        field("mean", &T::mean, {.required = true}), field("std", &T::std, {.required = true}),
        field("p2", &T::p2, {.text = "2nd percentile", .required = true}),
        field("p98", &T::p98, {.text = "98th percentile", .required = true}),
        field("valid", &T::valid, {.text = "Share of pixels that are valid, 0 to 1", .required = true}),
        field("exact", &T::exact, {.text = "Of every pixel, not of a sample", .required = true}));
}

using Texts = schema::RawOf<std::vector<std::string>>;

struct AssetOutput {
    AssetId id;
    ItemId item_id;
    std::string key;
    std::optional<std::string> title;
    std::string href, media_type;
    Texts roles;
    std::optional<std::int64_t> file_size_bytes;
    std::optional<std::string> checksum, checksum_state;
    std::optional<Texts> band_names;
    std::optional<std::string> data_type;
    Json nodata;
    std::optional<schema::RawOf<std::vector<std::optional<BandStatistics>>>> statistics;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<AssetOutput>) {
    using schema::field;
    using T = AssetOutput;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("item_id", &T::item_id, {.required = true}),
        field("key", &T::key, {.required = true}), field("title", &T::title),
        field("href", &T::href,
              {.text = "Stable, needs credentials; items.asset.download gives a signed URL", .required = true}),
        field("media_type", &T::media_type, {.required = true}), field("roles", &T::roles, {.required = true}),
        field("file_size_bytes", &T::file_size_bytes),
        field("checksum", &T::checksum, {.text = "sha2-256 multihash, hexadecimal"}),
        field("checksum_state", &T::checksum_state,
              {.text =
                   "pending: the bytes are still to be read; verified: the checksum is theirs; declared: by whoever "
                   "sent them, and not held against them; damaged: they are others than were declared"}),
        field("band_names", &T::band_names), field("data_type", &T::data_type),
        field("nodata", &T::nodata, {.text = R"(A number, "nan", "inf" or "-inf"; null without one)"}),
        field("statistics", &T::statistics, {.text = "One per band, of raw values; null for a band without any"}),
        field("created_at", &T::created_at, {.required = true}));
}

/// Stored as text because NaN and infinities have no JSON number.
Json nodata_json(const std::optional<std::string>& text) {
    if (!text)
        return {};
    auto number = Json::parse(*text);
    return number && number->is_number() ? std::move(*number) : Json(*text);
}

AssetOutput output(const domain::Call& call, const catalog::AssetRow& row) {
    AssetOutput out;
    out.id = row.id;
    out.item_id = row.item_id;
    out.key = row.key;
    out.title = row.title;
    out.href = row.href.value_or(call.origin() + domain::asset_path(row.item_id, row.key));
    out.media_type = row.media_type;
    out.roles = {row.roles};
    out.file_size_bytes = row.file_size_bytes;
    out.checksum = row.checksum;
    if (row.checksum_state)
        out.checksum_state = schema::enum_text(*row.checksum_state);
    else if (row.checksum)
        out.checksum_state = schema::enum_text(catalog::ChecksumState::Verified);
    if (row.band_names)
        out.band_names = {*row.band_names};
    out.data_type = row.data_type;
    out.nodata = nodata_json(row.nodata);
    if (row.statistics)
        out.statistics = {*row.statistics};
    out.created_at = row.created_at;
    return out;
}

constexpr OperationSpec kList{
    .id = "items.list_assets",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "List the files of an item.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<AssetOutput>> list(domain::Context& cx, const ItemAssetsInput& in) {
    TRY(const auto item, domain::require_item(cx, in.item_id, auth::ProjectRole::Viewer));
    TRY(const auto rows, catalog::list_assets(cx.session, item.organization_id, item.id));
    std::vector<AssetOutput> all;
    all.reserve(rows.size());
    for (const auto& row : rows)
        all.push_back(output(cx, row));
    return all;
}

struct AssetDownloadInput {
    ItemId item_id;
    std::string asset_id;
};
constexpr auto describe(schema::Of<AssetDownloadInput>) {
    using schema::field;
    return schema::fields(
        field("item_id", &AssetDownloadInput::item_id, {.required = true}),
        field("asset_id", &AssetDownloadInput::asset_id, {.text = "The asset's id, or its key", .required = true}));
}

struct AssetDownloadOutput {
    std::string url;
    std::int64_t expires_in_seconds = 0;
    AssetId asset_id;
    std::int64_t size_bytes = 0;
    std::string media_type;
};
constexpr auto describe(schema::Of<AssetDownloadOutput>) {
    using schema::field;
    using T = AssetDownloadOutput;
    return schema::fields(field("url", &T::url, {.text = "GET it without credentials", .required = true}),
                          field("expires_in_seconds", &T::expires_in_seconds, {.required = true}),
                          field("asset_id", &T::asset_id, {.required = true}),
                          field("size_bytes", &T::size_bytes, {.required = true}),
                          field("media_type", &T::media_type, {.required = true}));
}

constexpr OperationSpec kDownload{
    .id = "items.asset.download",
    .scope = "items:read",
    .side_effect = SideEffect::ShareExport,
    .summary = "Get a signed URL, valid for 15 minutes, for one file of an item.",
    .errors = Code::PaymentRequired | Code::Gone,
};

Result<AssetDownloadOutput> download(domain::Context& cx, const AssetDownloadInput& in) {
    cx.keep_caches();
    TRY(auto made, domain::download_asset(cx, in.item_id, in.asset_id));
    return AssetDownloadOutput{std::move(made.url), made.expires_in_seconds, made.asset_id, made.size_bytes,
                               std::move(made.media_type)};
}

using AssetDeleteInput = schema::Named<AssetDownloadInput, "AssetDeleteInput">;

struct AssetDeleteOutput {
    bool ok = true;
    std::optional<AssetId> id;
};
constexpr auto describe(schema::Of<AssetDeleteOutput>) {
    return schema::fields(schema::field("ok", &AssetDeleteOutput::ok), schema::field("id", &AssetDeleteOutput::id));
}

constexpr OperationSpec kDelete{
    .id = "assets.delete",
    .scope = "items:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Delete one file of an item, with what was made of it; its storage leaves the usage at once.",
    .errors = Code::BadRequest | Code::Conflict,
};

Result<AssetDeleteOutput> remove(domain::Context& cx, const AssetDeleteInput& in) {
    TRY(auto id, domain::delete_asset(cx, in.item_id, in.asset_id));
    return AssetDeleteOutput{true, std::move(id)};
}

using DetectBandsInput = schema::Named<AssetDownloadInput, "DetectBandsInput">;

struct DetectBandsOutput {
    std::vector<std::string> suggested_band_names, current_band_names;
    std::string method = "reflectance_ranking";
};
constexpr auto describe(schema::Of<DetectBandsOutput>) {
    using schema::field;
    using T = DetectBandsOutput;
    return schema::fields(
        field("suggested_band_names", &T::suggested_band_names, {.text = "One for each band, in order"}),
        field("current_band_names", &T::current_band_names), field("method", &T::method));
}

constexpr OperationSpec kDetectBands{
    .id = "items.detect_asset_bands",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Suggest names for the bands of an asset by what its file says and by how much they reflect.",
};

Result<DetectBandsOutput> detect_bands(domain::Context& cx, const DetectBandsInput& in) {
    TRY(auto found, domain::suggest_band_names(cx, in.item_id, in.asset_id));
    return DetectBandsOutput{std::move(found.suggested), std::move(found.current)};
}

struct SetBandNamesInput : AssetDownloadInput {
    std::vector<std::string> band_names;
};
constexpr auto describe(schema::Of<SetBandNamesInput>) {
    return schema::joined(describe(schema::Of<AssetDownloadInput>{}),
                          schema::fields(schema::field("band_names", &SetBandNamesInput::band_names,
                                                       {.text = "One for each band, in order; all different",
                                                        .required = true,
                                                        .max_length = 255,
                                                        .max_items = 1024})));
}

constexpr OperationSpec kSetBandNames{
    .id = "items.set_asset_band_names",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Name the bands of an asset; documents and what is drawn by name follow at once.",
    .errors = Code::Conflict,
};

Result<AssetOutput> set_band_names(domain::Context& cx, const SetBandNamesInput& in) {
    return domain::set_band_names(cx, in.item_id, in.asset_id, in.band_names).map([&](const auto& row) {
        return output(cx, row);
    });
}

} // namespace

void add_assets(Registry& registry) {
    registry.read(kList, list);
    registry.read(kDetectBands, detect_bands);
    registry.write(kSetBandNames, set_band_names);
    registry.write(kDownload, download);
    registry.write(kDelete, remove);
}

} // namespace landfall::operations
