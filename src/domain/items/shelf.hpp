#pragma once
/// The one place that makes items and assets: their rows and objects, lineage, texts, search index and events. It
/// checks no roles: whoever calls has. Decision: docs/decisions/0006-shelf.md.

#include "catalog/items/asset.hpp"
#include "catalog/items/collection.hpp"
#include "catalog/items/item.hpp"
#include "catalog/items/object.hpp"
#include "catalog/items/provenance.hpp"
#include "domain/context.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// A file in the store, which the asset that is made of it owns from then on.
struct StoredFile {
    std::string blob_key;
    std::int64_t size = 0; ///< bytes
    std::string md5;       ///< hexadecimal, or an S3 multipart ETag
    std::string sha256;    ///< hexadecimal; empty: a job reads it
};
StoredFile stored_file(const storage::BlobInfo& blob);

/// One item within one transaction, with its assets. However many are added, its texts are composed once: by `store`.
class Shelf {
public:
    /// Makes an item of a draft that says what it is and where it belongs; the identity is filled in here: `id`,
    /// `stac_id` where empty, `created_by`, times, the first step of its retention. Conflict for a stac_id that the
    /// collection has, InvalidArgument for a document beyond its limit.
    static Result<Shelf> put_item(Context& cx, catalog::ItemRow draft, const std::vector<catalog::Entity>& origins);
    /// The item on which the assets of a collection lie, made where there is none; its changes are told as the
    /// collection's, whose row the caller has locked.
    static Result<Shelf> of_collection(Context& cx, const catalog::CollectionRow& collection);
    /// That item, locked; nothing where no asset was ever made.
    static Result<std::optional<catalog::ItemRow>> find_files(Context& cx, const catalog::CollectionRow& collection);
    /// A stored item, whose row the caller has locked.
    static Result<Shelf> open(Context& cx, catalog::ItemRow locked);

    /// Makes an asset of a draft that says what it shows; filled in here: identity, the first free key after the wanted
    /// one, size, and the checksum unless the draft has one that was declared. Its origins are the item and `origins`.
    Result<catalog::AssetRow> put_asset(catalog::AssetRow draft, const StoredFile& file,
                                        const std::vector<catalog::Entity>& origins);
    /// The same of one that lies elsewhere, or whose file is to come. Conflict if its key is taken.
    Result<catalog::AssetRow> put_without_file(catalog::AssetRow draft);
    /// Gives an asset of this shelf that has no file one; what the row says beside it is stored as well.
    Status put_file(catalog::AssetRow asset, const StoredFile& file);
    /// The same of the bytes of another asset of the organization, which both hold from then on.
    Result<catalog::AssetRow> put_copy(catalog::AssetRow original);
    /// Leaves an asset out that was deleted.
    void take_off(const AssetId& asset);
    /// A live asset of this item, changed.
    Status change_asset(const catalog::AssetRow& asset);

    /// Composes the item's texts and stores it; it is told as changed unless it was made here. Aborted if it changed
    /// meanwhile, InvalidArgument if its document is beyond the limit.
    Status store(catalog::IndexUpdate index);

    catalog::ItemRow item; ///< change it, then `store`
    const std::vector<catalog::AssetRow>& assets() const { return assets_; }

private:
    Status store_object(catalog::AssetRow& asset, const StoredFile& file);
    Status check_files(const catalog::AssetRow& draft) const;
    Status tell_change();
    Shelf(Context& cx, catalog::ItemRow row) : item(std::move(row)), cx_(&cx) {}
    Result<catalog::AssetRow> insert(catalog::AssetRow draft, const std::vector<catalog::Entity>& origins);
    Status tell_damage();

    Context* cx_;
    bool is_new_ = false;
    std::vector<catalog::AssetRow> assets_;
};

/// The most files of one item, beside what is drawn of them: each makes its document longer, which is composed anew
/// with each of its renditions.
inline constexpr std::int64_t kMostFiles = 200;
/// InvalidArgument unless the item takes so many more.
Status check_room(database::Session& session, const OrganizationId& organization, const ItemId& item,
                  std::int64_t files);

/// `key`, or `key-2`, `key-3`, … that none of the assets has.
std::string free_asset_key(const std::vector<catalog::AssetRow>& assets, const std::string& key);

/// Where the item lies that holds the assets of a collection: under an id that no user may choose.
catalog::StacAddress files_address(const catalog::CollectionRow& collection);

/// What events say of an item.
Json event_data(const catalog::ItemRow& item);

/// Computes the search footprint from geometry, else from bbox.
Status set_footprint(catalog::ItemRow& item);

} // namespace landfall::domain
