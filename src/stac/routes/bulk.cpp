#include "stac/routes/bulk.hpp"

#include "domain/items/shelf.hpp"
#include "serving/caller.hpp"
#include "stac/documents/item.hpp"
#include "stac/documents/object_text.hpp"
#include "stac/input/asset_input.hpp"
#include "stac/input/external_href.hpp"
#include "stac/refusal.hpp"
#include "stac/routes/collections.hpp"
#include "stac/routes/items.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace landfall::stac {
namespace {

constexpr std::size_t kMostItems = 100;

/// A failure whose description is one sentence, as all of these are here.
Error in_one_sentence(const Error& error) {
    if (status_of(error) != 400)
        return error;
    const Json description = description_of(error);
    return {Code::BadRequest, description.is_string() ? description.as_string() : description.dump()};
}

/// One entry of the body, read.
struct NewItem {
    std::string id;
    ItemInput item;
    std::vector<std::pair<AssetInput, AssetTerms>> assets;
};

Result<NewItem> read_one(const Asked& asked, const catalog::CollectionRow& collection, const Json& given) {
    if (!given.is_object())
        return refuse("Each of the features must be an object");
    NewItem out;
    TRY(out.item, read_item(given, {.id = "", .mode = Mode::Replace, .now = asked.cx.now, .with_assets = true}));
    out.id = given["id"].as_string();
    const Json& assets = given["assets"];
    if (!assets.is_object() && !assets.is_null())
        return refuse_field("assets", "Expected a dictionary of items.");
    for (const auto& [id, asset] : assets.members()) {
        AssetTerms terms{.id = id,
                         .may_be_external = true,
                         .checksum = asked.dialect().checksum,
                         .gsd = asked.dialect().gsd,
                         .says_id = false};
        TRY(auto input, read_asset(asset, terms));
        CHECK_OK(check_type(input, nullptr));
        if (!may_be_external(collection))
            return refuse_field("href", "Found read-only property in payload");
        if (!value_of(input.href))
            return refuse_field("href", "This field is required.");
        CHECK_OK(check_external_href(asked.site.services.settings.stac, collection, **input.href));
        input.id = id;
        out.assets.emplace_back(std::move(input), terms);
    }
    return out;
}

Status create_one(const Asked& asked, const catalog::CollectionRow& collection, const NewItem& wanted,
                  std::vector<catalog::ShownItem>& made) {
    TRY(auto row, create_item(asked, collection, wanted.id, wanted.item));
    if (!wanted.assets.empty()) {
        TRY(auto shelf, domain::Shelf::open(asked.cx, std::move(row)));
        for (const auto& [input, terms] : wanted.assets) {
            catalog::AssetRow draft;
            draft.key = draft.file_name = input.id;
            apply(input, draft, terms);
            CHECK_OK(shelf.put_without_file(std::move(draft)));
        }
        CHECK_OK(shelf.store(catalog::IndexUpdate::Keep));
        ++shelf.item.version; // as the statement did
        row = std::move(shelf.item);
    }
    made.push_back(catalog::shown(row, collection.stac_id));
    return {};
}

Status check_new(const Asked& asked, const catalog::CollectionRow& collection, const std::vector<NewItem>& wanted) {
    std::set<std::string_view> ids;
    for (const NewItem& item : wanted) {
        if (!ids.insert(item.id).second)
            return refuse(fmt::format("The item {} is given more than once", item.id));
        TRY(const auto known, catalog::find_shown_item(asked.session(), {asked.project.organization_id,
                                                                         asked.project.id, collection.id, item.id}));
        if (known)
            return refuse(fmt::format("Item {} exists already; nothing was created", item.id));
    }
    return {};
}

Result<std::vector<catalog::ShownItem>> create_all(const Asked& asked, const catalog::CollectionRow& collection,
                                                   const Json& features) {
    std::vector<NewItem> wanted;
    for (const Json& feature : features.items()) {
        TRY(auto one, read_one(asked, collection, feature));
        wanted.push_back(std::move(one));
    }
    CHECK_OK(check_new(asked, collection, wanted));
    std::vector<catalog::ShownItem> made;
    for (const NewItem& one : wanted)
        CHECK_OK(create_one(asked, collection, one, made));
    return made;
}

Result<Json> read_features(const Asked& asked) {
    TRY(const Json body, asked.body());
    const Json* features = body.find("features");
    if (features == nullptr)
        return refuse_field("features", "This field is required.");
    if (!features->is_array())
        return refuse_field("features", "Expected a list of items.");
    if (features->items().size() > kMostItems)
        return refuse(fmt::format("More than {} features", kMostItems));
    return *features;
}

} // namespace

Result<Reply> create_items(const Asked& asked) {
    if (serving::header(asked.request, "Idempotency-Key").empty())
        return refuse("No header parameter 'Idempotency-Key'");
    TRY(const auto collection, catalog::hold_collection_by_stac_id(asked.session(), asked.project.organization_id,
                                                                   asked.project.id, asked.param("collection")));
    if (!collection)
        return not_found("Collection matching query does not exist.");
    const auto features = read_features(asked);
    if (!features)
        return fail(in_one_sentence(features.error()));
    const auto made = create_all(asked, *collection, *features);
    if (!made)
        return fail(in_one_sentence(made.error()));
    TRY(const auto documents, item_documents(asked, *made));
    ObjectText out;
    out.add_raw("features", array_text(documents));
    return Reply{.body = std::move(out).text(), .status = 201};
}

} // namespace landfall::stac
