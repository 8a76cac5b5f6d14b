#pragma once
/// The end of files in parts whose target goes: they are given up in the transaction that takes the target away.

#include "catalog/items/asset.hpp"
#include "catalog/transaction.hpp"
#include "catalog/work/part_upload.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

/// What the file of an asset is for, as `catalog::PartUploadRow::target` names it.
std::string part_target(const AssetId& asset);

/// Gives the reservation of one that was ended back at once; its parts go after the commit. `reason` names the entry of
/// the usage ledger.
Status give_parts_back(catalog::Transaction& transaction, const catalog::PartUploadRow& upload, std::int64_t reserved,
                       std::string_view reason, Timestamp at);
/// Ends one, whoever puts it together. False if it has ended.
Result<bool> end_parts(catalog::Transaction& transaction, const catalog::PartUploadRow& upload, std::string_view reason,
                       Timestamp at);
/// The same of the one in progress for an asset, if there is one.
Status end_parts_of_asset(catalog::Transaction& transaction, const catalog::AssetRow& asset, Timestamp at);

} // namespace landfall::domain
