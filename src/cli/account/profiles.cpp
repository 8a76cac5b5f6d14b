#include "cli/profiles.hpp"

#include "cli/session.hpp"

#include <fmt/format.h>

namespace landfall::cli {
namespace {

/// What the profile holds for operations; null: nothing.
const char* credential_of(const Profile& profile) {
    if (!profile.api_key.empty())
        return "api_key";
    return profile.has_session() ? "session" : nullptr;
}

std::string kinds_of(const Profile& profile) {
    std::string kinds = !profile.api_key.empty() ? "API key" : profile.has_session() ? "session" : "";
    if (!profile.stac_authorization.empty())
        kinds += kinds.empty() ? "STAC" : ", STAC";
    return kinds;
}

std::string line_of(const Profile& profile, bool current, bool json) {
    if (!json)
        return printable(
            fmt::format("{} {:<16} {}  ({})", current ? '*' : ' ', profile.name, profile.url, kinds_of(profile)));
    const char* credential = credential_of(profile);
    return Json::object({{"name", profile.name},
                         {"url", profile.url},
                         {"credential", credential != nullptr ? Json(credential) : Json()},
                         {"stac", !profile.stac_authorization.empty()},
                         {"current", current}})
        .dump();
}

} // namespace

int run_profile_list(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto profiles = ProfileStore(terminal).load();
    if (!profiles)
        return report(terminal, profiles.error());
    for (const Profile& profile : profiles->all)
        terminal.print(line_of(profile, profile.name == profiles->current, invocation.has("json")));
    if (profiles->all.empty())
        terminal.note("There is no profile; landfall login makes one");
    return 0;
}

int run_profile_use(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const std::string& name = invocation.operands.front();
    const auto used = ProfileStore(terminal).change([&](Profiles& profiles) -> Status {
        if (profiles.find(name) == nullptr)
            return fail(Code::InvalidArgument,
                        fmt::format("There is no profile '{}'; landfall profile list tells those there are", name));
        profiles.current = name;
        return {};
    });
    return used ? 0 : report_usage(terminal, used.error());
}

int run_project_list(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto server = server_of(invocation, terminal);
    if (!server)
        return report_usage(terminal, server.error());
    Api api(*server, surroundings.interrupted);
    constexpr std::int64_t kPage = 100;
    Json input = Json::object({{"limit", kPage}, {"include_archived", invocation.has("all")}});
    for (std::int64_t offset = 0;; offset += kPage) {
        input.set("offset", offset);
        const auto page = api.call_json("projects.list", input);
        if (!page)
            return report(terminal, page.error());
        for (const Json& project : (*page)["projects"].items())
            terminal.print(invocation.has("json")
                               ? project.dump()
                               : printable(fmt::format("{}  {:<8} {:>8} items  {}{}", project["id"].as_string(),
                                                       project["role"].as_string(), project["item_count"].as_integer(),
                                                       project["name"].as_string(),
                                                       project["is_archived"].as_bool() ? "  (archived)" : "")));
        if (static_cast<std::int64_t>((*page)["projects"].items().size()) < kPage)
            return 0;
    }
}

} // namespace landfall::cli
