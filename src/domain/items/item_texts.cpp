#include "domain/items/item_texts.hpp"

#include "catalog/items/collection.hpp"
#include "domain/items/item_record.hpp"
#include "domain/stac/item_document.hpp"

#include <fmt/format.h>

namespace landfall::domain {

Status compose_texts(catalog::Session& session, catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                     const std::vector<catalog::EdgeRow>& origins) {
    std::optional<std::string> collection;
    if (item.collection_id) {
        TRY(collection, catalog::find_stac_id(session, item.organization_id, *item.collection_id));
    }
    item.record = schema::to_json_text(item_record(item));
    item.document = compose_document(item, assets, origins, collection);
    if (item.document.size() > kDocumentBytes)
        return fail_field("properties", fmt::format("The item's STAC document takes more than {} KiB; store large data "
                                                    "as an asset, and many files as several items",
                                                    kDocumentBytes / 1024));
    return {};
}

} // namespace landfall::domain
