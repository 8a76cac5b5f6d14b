#include "stac/input/collection_input.hpp"

#include "stac/input/identifiers.hpp"
#include "stac/input/user_links.hpp"

#include <array>
#include <set>
#include <tuple>

namespace landfall::stac {
namespace {

constexpr std::array<std::string_view, 7> kWritable{"id",        "description", "license",  "title",
                                                    "providers", "links",       "published"};
constexpr std::array<std::string_view, 9> kReadOnly{"crs",    "created",         "updated",      "extent",  "summaries",
                                                    "assets", "stac_extensions", "stac_version", "itemType"};
constexpr std::array<std::string_view, 4> kRoles{"licensor", "producer", "processor", "host"};
constexpr std::size_t kMostProviders = 1000;

Json read_provider(const Json& given, Faults& faults, const Place& place) {
    Members provider(given, faults, place);
    const auto name = provider.text("name", {.required = true, .nullable = false, .longest = 200});
    const auto description = provider.text("description", {.longest = 0});
    const auto roles = provider.texts("roles", {.nullable = false, .one_of = kRoles});
    const auto url = provider.text("url", {});
    if (url && *url && !is_url(**url))
        provider.fault("url", "Enter a valid URL.");
    Json out = Json::object({{"name", value_of(name).value_or("")}});
    if (const auto text = value_of(description))
        out.set("description", *text);
    if (const auto list = value_of(roles); list && !list->empty())
        out.set("roles", Json::array_of(*list));
    if (const auto text = value_of(url))
        out.set("url", *text);
    return out;
}

Given<Json> read_providers(const Json& body, Faults& faults) {
    const Json* given = body.find("providers");
    if (given == nullptr)
        return {};
    if (!given->is_array() || given->items().size() > kMostProviders) {
        faults.add({"providers"}, given->is_null() ? "This field may not be null." : "Expected a list of items.");
        return {};
    }
    Json providers = Json::array();
    std::set<std::string> names;
    for (std::size_t i = 0; i < given->items().size(); ++i) {
        const Place place{"providers", place_in_array(i)};
        Json provider = read_provider(given->items()[i], faults, place);
        if (const std::string name = provider["name"].as_string(); !name.empty() && !names.insert(name).second)
            faults.add({"providers", place_in_array(i), "name"}, "Duplicate provider name: " + quoted(name));
        providers.push(std::move(provider));
    }
    return std::optional(std::move(providers));
}

/// The members that are kept in the row's document.
void keep(Json& document, std::string_view name, const std::optional<Json>& value) {
    const bool is_empty = !value || value->is_null() || (value->is_array() && value->items().empty());
    if (is_empty)
        document.erase(name);
    else
        document.set(name, *value);
}

std::optional<Json> as_json(const std::optional<std::string>& text) {
    return text ? std::optional<Json>(*text) : std::nullopt;
}

} // namespace

Result<CollectionInput> read_collection(const Json& body, std::string_view id, Mode mode) {
    const bool whole = mode == Mode::Replace;
    Faults faults;
    Members members(body, faults);
    CollectionInput input;
    const auto given_id = members.text("id", {.required = whole, .nullable = false});
    check_collection_id(faults, given_id ? **given_id : id);
    input.title = members.text("title", {.longest = 255});
    input.description = members.text("description", {.required = whole, .nullable = false});
    input.license = members.text("license", {.required = whole, .nullable = false, .longest = 30});
    input.providers = read_providers(body, faults);
    input.links = read_links(body, faults);
    input.published = members.boolean("published");
    if (input.published && !*input.published)
        members.fault("published", "This field may not be null.");
    CHECK_OK(faults.status());
    check_names(body, faults, kWritable, kReadOnly);
    CHECK_OK(faults.status());
    if (input.links && *input.links)
        CHECK_OK(check_languages(**input.links));
    if (given_id && **given_id != id)
        faults.say({"id"}, "Renaming is not allowed");
    CHECK_OK(faults.status());
    return input;
}

bool apply(const CollectionInput& input, catalog::CollectionRow& row, Mode mode) {
    const auto told = [](const catalog::CollectionRow& r) {
        return std::tuple(r.name, r.description, r.document, r.is_published);
    };
    const auto before = told(row);
    Json document = Json::parse(row.document).value_or(Json::object());
    const bool whole = mode == Mode::Replace;
    if (whole || input.title) {
        const auto title = value_of(input.title);
        row.name = title.value_or(row.stac_id);
        keep(document, "title", as_json(title));
    }
    if (whole || input.description)
        row.description = value_of(input.description);
    if (whole || input.license)
        keep(document, "license", as_json(value_of(input.license)));
    if (whole || input.providers)
        keep(document, "providers", value_of(input.providers));
    if (whole || input.links)
        keep(document, "links", value_of(input.links));
    if (whole || input.published)
        row.is_published = value_of(input.published).value_or(true);
    row.document = document.dump();
    return told(row) != before;
}

} // namespace landfall::stac
