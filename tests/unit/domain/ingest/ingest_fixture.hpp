#pragma once
/// What tests of ingest share: a look at sessions, items and assets.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "catalog/items/provenance.hpp"
#include "catalog/work/upload.hpp"
#include "domain/ingest/ingest.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {

class Ingest : public testing::DomainTest {
protected:
    catalog::UploadRow row(const UploadId& id) {
        return got([&](database::Session& s) { return catalog::find_upload(s, organization, id); }).value();
    }
    catalog::ItemRow item(const std::string& id) {
        return got([&](database::Session& s) { return catalog::find_item(s, organization, ItemId(id)); }).value();
    }
    std::vector<catalog::AssetRow> assets(const std::string& id) {
        return got([&](database::Session& s) { return catalog::list_assets(s, organization, ItemId(id)); });
    }
    std::int64_t item_count() { return figure("SELECT count(*) FROM item WHERE deleted_at IS NULL"); }
    std::vector<catalog::EdgeRow> origins(const std::string& type, const std::string& id) {
        return got([&](database::Session& s) { return catalog::list_origins(s, organization, {type, id}); });
    }
    Result<PreparedIngest> prepare(const UploadId& id) {
        Call call = call_of(key);
        return prepare_ingest(call, id);
    }
};

} // namespace landfall::domain
