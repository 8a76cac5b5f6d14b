#include "domain/work/part_end.hpp"

#include "catalog/ledger/usage.hpp"

namespace landfall::domain {

std::string part_target(const AssetId& asset) {
    return "asset/" + asset.str();
}

Status give_parts_back(catalog::Transaction& transaction, const catalog::PartUploadRow& upload, std::int64_t reserved,
                       std::string_view reason, Timestamp at) {
    transaction.release(upload.blob_key);
    if (upload.upload_id || reserved == 0)
        return {};
    return catalog::release_storage(transaction,
                                    {upload.organization_id, reserved, std::string(reason), upload.id.str(), at});
}

Result<bool> end_parts(catalog::Transaction& transaction, const catalog::PartUploadRow& upload, std::string_view reason,
                       Timestamp at) {
    TRY(const auto reserved, catalog::end_part_upload(transaction, upload.id, at));
    if (!reserved)
        return false;
    CHECK_OK(give_parts_back(transaction, upload, *reserved, reason, at));
    return true;
}

Status end_parts_of_asset(catalog::Transaction& transaction, const catalog::AssetRow& asset, Timestamp at) {
    TRY(const auto open, catalog::find_open_part_upload(transaction, asset.organization_id, part_target(asset.id)));
    if (!open)
        return {};
    return end_parts(transaction, *open, "assets.delete", at).map([](bool) {});
}

} // namespace landfall::domain
