#include "app/stac_commands.hpp"

#include "app/catalog_command.hpp"
#include "catalog/items/collection.hpp"
#include "catalog/tenancy/project.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

using cli::Invocation;

constexpr std::string_view kOff = "off";

Result<bool> read_switch(const std::string& text) {
    if (text == "on" || text == kOff)
        return text == "on";
    return fail(Code::InvalidArgument, fmt::format("'{}' is neither on nor off", text));
}

int set_project(const Config& config, const Invocation& given) {
    return in_catalog(config, {"project.set", admission::SideEffect::ShareExport},
                      [&](catalog::Transaction& transaction, Deed& deed) -> Result<std::string> {
                          TRY(const bool is_public, read_switch(required_text(given, "public")));
                          const ProjectId id(given.operands.front());
                          TRY(auto project, catalog::find_project_of_any_organization(transaction, id));
                          if (!project)
                              return fail(Code::NotFound, fmt::format("There is no project '{}'", id.str()));
                          project->is_public = is_public;
                          CHECK_OK(catalog::update_project(transaction, *project));
                          transaction.changes(project->organization_id);
                          deed.organization = project->organization_id;
                          deed.targets = {id.str()};
                          return fmt::format("{} is {}\n", id.str(), is_public ? "public" : "no longer public");
                      });
}

/// The prefixes of a flag, separated by commas, as JSON; nothing for `off`.
Result<std::optional<std::string>> read_prefixes(const std::string& text) {
    if (text == kOff)
        return std::optional<std::string>();
    Json prefixes = Json::array();
    for (std::size_t from = 0; from <= text.size();) {
        const auto comma = std::min(text.find(',', from), text.size());
        const std::string prefix = text.substr(from, comma - from);
        if (!prefix.starts_with("https://") && !prefix.starts_with("http://"))
            return fail(
                Code::InvalidArgument,
                fmt::format("'{}' is no prefix of an address; it looks like https://data.example.org/tiles", prefix));
        prefixes.push(Json(prefix));
        from = comma + 1;
    }
    return std::optional(prefixes.dump());
}

Result<std::optional<std::string>> read_directives(const std::string& text) {
    constexpr std::size_t kLongest = 200;
    if (text == kOff)
        return std::optional<std::string>();
    if (text.empty() || text.size() > kLongest || has_control(text))
        return fail(Code::InvalidArgument, "Cache directives are one line, such as: max-age=3600, public");
    return std::optional(text);
}

Result<std::string> change_collection(catalog::Transaction& transaction, const Config& config, const Invocation& given,
                                      Deed& deed) {
    TRY(const auto project, config.stac_project.empty() ? catalog::find_stac_project(transaction)
                                                        : catalog::find_project_of_any_organization(
                                                              transaction, ProjectId(config.stac_project)));
    if (!project)
        return fail(Code::NotFound, "There is no project of the STAC API; landfall init makes one");
    const std::string& id = given.operands.front();
    TRY(const auto known, catalog::find_collection_by_stac_id(transaction, project->organization_id, project->id, id));
    if (!known)
        return fail(Code::NotFound, fmt::format("The STAC API has no collection '{}'", id));
    TRY(auto row, catalog::lock_collection(transaction, known->organization_id, known->id));
    if (!row)
        return fail(Code::NotFound, fmt::format("The STAC API has no collection '{}'", id));
    if (const auto external = text_of(given, "external")) {
        TRY(row->external_prefixes, read_prefixes(*external));
    }
    if (const auto directives = text_of(given, "cache-control")) {
        TRY(row->cache_control, read_directives(*directives));
    }
    row->updated_at = now();
    CHECK_OK(catalog::update_collection(transaction, *row));
    transaction.changes(row->organization_id);
    deed.organization = row->organization_id;
    deed.targets = {row->id.str()};
    return fmt::format("{}: external assets {}, cache directives {}\n", id, row->external_prefixes.value_or("off"),
                       row->cache_control.value_or("of the server"));
}

int set_collection(const Config& config, const Invocation& given) {
    return in_catalog(config, {"stac.collection.set"}, [&](catalog::Transaction& transaction, Deed& deed) {
        return change_collection(transaction, config, given, deed);
    });
}

} // namespace

std::vector<Row> stac_rows() {
    return {
        {.words = {"project", "set"},
         .summary = "Say whether anybody may read what the STAC API, tiles and asset files show of a project",
         .flags = {required(text_flag("public", "on or off; what shared caches keep of it stays there for a while"))},
         .operand = "ID",
         .wanted = "Name one project",
         .run = [](const LoadedConfig& loaded, const Invocation& given) { return set_project(loaded.config, given); }},
        {.words = {"stac", "collection", "set"},
         .summary = "Say where assets of a collection may lie elsewhere, and what caches are told of it",
         .flags = {text_flag("external", "Prefixes of addresses, separated by commas, or off"),
                   text_flag("cache-control", "Directives, such as: max-age=3600, public; or off")},
         .operand = "COLLECTION",
         .wanted = "Name one collection by its STAC id",
         .run = [](const LoadedConfig& loaded, const Invocation& given) {
             return set_collection(loaded.config, given);
         }}};
}

} // namespace landfall::app
