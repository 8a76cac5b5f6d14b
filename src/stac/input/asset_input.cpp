#include "stac/input/asset_input.hpp"

#include "stac/input/identifiers.hpp"
#include "stac/input/media_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

namespace landfall::stac {
namespace {

constexpr std::array<std::string_view, 5> kLanguages{"de", "it", "fr", "rm", "en"};
constexpr std::size_t kLongestVariant = 25;

/// Words of letters and digits with one blank between them.
bool is_variant(std::string_view text) {
    bool after_blank = true;
    for (const unsigned char c : text) {
        if (c == ' ' && after_blank)
            return false;
        if (c != ' ' && std::isalnum(c) == 0)
            return false;
        after_blank = c == ' ';
    }
    return !after_blank;
}

void check_variant(Members& members, const Given<std::string>& variant) {
    if (!variant || !*variant)
        return;
    if (!is_variant(**variant))
        members.fault("geoadmin:variant", fmt::format("Invalid geoadmin:variant \"{}\", special characters beside one "
                                                      "space are not allowed",
                                                      quoted(**variant)));
    if (character_count(**variant) > kLongestVariant)
        members.fault("geoadmin:variant",
                      fmt::format("Invalid geoadmin:variant \"{}\", variant has more than {} characters",
                                  quoted(**variant), kLongestVariant));
}

void check_asset_id(Faults& faults, std::string_view id) {
    check_id(faults, id);
    const std::string_view extension = extension_of(id);
    if (!is_known_extension(extension))
        faults.add({"id"},
                   fmt::format("Invalid id extension '{}', id must have a valid file extension", quoted(extension)));
}

Given<std::string> read_type(Members& members, bool whole) {
    auto text = members.text("type", {.required = whole, .nullable = false});
    if (!text)
        return text;
    auto normal = normalized_media_type(**text);
    if (!normal) {
        members.fault("type", fmt::format("Invalid media type \"{}\"", quoted(**text)));
        return {};
    }
    return normal;
}

std::vector<std::string_view> writable(const AssetTerms& terms) {
    std::vector<std::string_view> names{"id", "type", "title", "description", "roles", "proj:epsg"};
    if (terms.of_item)
        names.insert(names.end(), {terms.gsd, "geoadmin:lang", "geoadmin:variant"});
    if (terms.may_be_external)
        names.emplace_back("href");
    return names;
}

Json members_of(const catalog::AssetRow& row) {
    return row.members ? Json::parse(*row.members).value_or(Json::object()) : Json::object();
}

} // namespace

Result<AssetInput> read_asset(const Json& body, const AssetTerms& terms) {
    const bool whole = terms.mode == Mode::Replace;
    Faults faults;
    Members members(body, faults);
    AssetInput input;
    input.id = terms.id;
    const auto given_id = terms.says_id ? members.text("id", {.required = whole, .nullable = false}) : std::nullopt;
    check_asset_id(faults, given_id ? std::string_view(**given_id) : terms.id);
    input.type = read_type(members, whole);
    input.title = members.text("title", {.longest = 255});
    input.description = members.text("description");
    input.roles = members.texts("roles", {.longest = 255});
    input.epsg = members.integer("proj:epsg");
    if (terms.of_item) {
        input.gsd = members.number(terms.gsd);
        input.language = members.text("geoadmin:lang", {.one_of = kLanguages});
        input.variant = members.text("geoadmin:variant", {});
        check_variant(members, input.variant);
    }
    if (terms.may_be_external)
        input.href = members.text("href");
    CHECK_OK(faults.status());
    const auto names = writable(terms);
    const std::array<std::string_view, 4> read_only{"href", terms.checksum, "created", "updated"};
    check_names(body, faults, names, read_only);
    CHECK_OK(faults.status());
    if (given_id && **given_id != terms.id)
        faults.say({"id"}, "Renaming is not allowed");
    CHECK_OK(faults.status());
    return input;
}

Status check_type(const AssetInput& input, const catalog::AssetRow* known) {
    if (!input.type)
        return {};
    const std::string& type = **input.type;
    if (known != nullptr && type != known->media_type)
        return refuse_field("type", "Type field cannot be edited. You need to delete and recreate the asset with the "
                                    "correct type");
    if (has_extension(type, extension_of(input.id)))
        return {};
    return refuse_field(kNonField, fmt::format("Invalid id extension '{}', id must match its media type {}",
                                               extension_of(input.id), type));
}

bool apply(const AssetInput& input, catalog::AssetRow& row, const AssetTerms& terms) {
    const auto told = [](const catalog::AssetRow& r) {
        return std::tuple(r.media_type, r.title, r.description, r.roles, r.members, r.href);
    };
    const auto before = told(row);
    const bool whole = terms.mode == Mode::Replace;
    if (input.type)
        row.media_type = **input.type;
    if (whole || input.title)
        row.title = value_of(input.title);
    if (whole || input.description)
        row.description = value_of(input.description);
    if (whole || input.roles)
        row.roles = Json::array_of(value_of(input.roles).value_or(std::vector<std::string>())).dump();
    Json members = members_of(row);
    const auto lay = [&](std::string_view name, const auto& given) {
        if (!whole && !given)
            return;
        if (const auto value = value_of(given))
            members.set(name, Json(*value));
        else
            members.erase(name);
    };
    lay("gsd", input.gsd);
    lay("geoadmin:lang", input.language);
    lay("geoadmin:variant", input.variant);
    lay("proj:epsg", input.epsg);
    row.members = members.members().empty() ? std::nullopt : std::optional(members.dump());
    if (input.href || (whole && terms.may_be_external))
        row.href = value_of(input.href);
    return told(row) != before;
}

} // namespace landfall::stac
