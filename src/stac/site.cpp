#include "stac/site.hpp"

#include "core/text.hpp"
#include "domain/tenancy/access.hpp"
#include "serving/caller.hpp"
#include "stac/refusal.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace landfall::stac {
namespace {

constexpr int kTries = 6; ///< of a change that meets others

Result<catalog::ProjectRow> find_project(database::Session& session, const Site& site) {
    const std::string& wanted = site.services.settings.stac.project;
    TRY(auto project, wanted.empty() ? catalog::find_stac_project(session)
                                     : catalog::find_project_of_any_organization(session, ProjectId(wanted)));
    if (!project)
        return not_found();
    return *std::move(project);
}

Status check_role(domain::Context& cx, const catalog::ProjectRow& project, domain::ProjectRole wanted) {
    if (wanted == domain::ProjectRole::Viewer && project.is_public)
        return {};
    if (cx.principal.type == auth::PrincipalType::Anonymous)
        return fail(Code::Unauthenticated, "Authentication credentials were not provided.");
    TRY(const auto role, domain::project_role(cx, project.organization_id, project.id));
    if (!role || *role < wanted || cx.principal.organization_id != project.organization_id)
        return fail(Code::PermissionDenied, "This needs a role in the project of the STAC API");
    return {};
}

bool is_json(std::string_view media_type) {
    const std::string plain = lower_case(media_type.substr(0, media_type.find(';')));
    return plain.empty() || plain == "application/json" || plain == "application/geo+json" || plain.ends_with("+json");
}

/// Nothing is as good as an empty object.
Result<Json> content_of(const http::Request& request) {
    if (request.body.empty())
        return Json::object();
    const std::string type = serving::header(request, "Content-Type");
    if (!is_json(type))
        return unsupported_media_type(clean_utf8(type, 200));
    auto content = Json::parse(request.body);
    if (!content)
        return refuse("JSON parse error - " + content.error().message);
    return content;
}

admission::Request caller_of(const Site& site, const http::Request& request) {
    auto caller = serving::caller_of(request, serving::KeyInQuery::Refused);
    caller.credentials.takes_basic = true;
    if (!caller.credentials.authorization.empty())
        if (const auto project = known_project(site))
            caller.credentials.organization = project->organization_id;
    caller.repeats = true;
    return caller;
}

/// What a run brings out of the pipeline.
struct Run {
    std::optional<Reply> reply;
    bool is_public = true;
};

http::Response answer(const Site& site, const http::Request& request, std::string_view act, Run run,
                      const admission::Outcome& outcome) {
    http::Response response = outcome.answer && run.reply
                                  ? respond(request, *std::move(run.reply), run.is_public, site.services.clock.now())
                                  : refusal(request, outcome.answer ? Error() : outcome.answer.error());
    response.operation = act;
    response.principal = outcome.principal;
    return response;
}

/// What has to be asked of others first, outside of any snapshot. Where the caller may not, the transaction says so.
Result<std::any> run_errand(const Site& site, const http::Request& request, const Change& what,
                            admission::Execution& execution, const Result<Json>& content) {
    if (!what.errand)
        return std::any();
    Errand errand;
    const Result<std::any> nothing;
    const auto planned = execution.read([&](domain::Context& cx) -> Status {
        TRY(const auto project, find_project(cx.session, site));
        CHECK_OK(check_role(cx, project, domain::ProjectRole::Editor));
        TRY(errand, what.errand(Asked{site, request, cx, project, content, nothing}));
        return {};
    });
    return planned && errand ? errand(execution.call()) : Result<std::any>(std::any());
}

bool is_race(const Error& error) {
    return error.code == Code::Aborted || (error.code == Code::Conflict && error.fields.empty());
}

} // namespace

Result<Json> Asked::body() const {
    TRY(const Json json, content);
    if (json.is_object())
        return json;
    const std::string_view kind = json.is_array()    ? "list"
                                  : json.is_string() ? "str"
                                  : json.is_bool()   ? "bool"
                                  : json.is_null()   ? "NoneType"
                                                     : "int";
    return refuse_field(kNonField, fmt::format("Invalid data. Expected a dictionary, but got {}.", kind));
}

std::string Asked::url(std::string_view path) const {
    return cx.origin() + std::string(dialect().base) + std::string(path);
}

Result<catalog::ProjectRow> known_project(const Site& site) {
    const std::string& key = site.services.settings.stac.project;
    if (const auto known = site.memory.projects.find(key))
        return *known;
    const domain::Stamp since = site.services.versions.now();
    TRY(auto project,
        site.services.database.read_for([&](database::Session& session) { return find_project(session, site); }));
    site.memory.projects.put(key, project.organization_id, since, std::make_shared<const catalog::ProjectRow>(project));
    return project;
}

Looked look(const Site& site, const http::Request& request, std::string_view act,
            const std::function<Status(const Asked&)>& work) {
    const admission::Act reading{.id = act, .scope = "", .is_public = true};
    Looked looked{{fail(Error()), {}, {}}};
    const Result<std::any> nothing;
    const Result<Json> content = request.method == "POST" ? content_of(request) : Result<Json>(Json::object());
    looked.outcome = site.pipeline.run(reading, caller_of(site, request), [&](admission::Execution& execution) {
        const auto done = execution.read([&](domain::Context& cx) -> Status {
            TRY(const auto project, find_project(cx.session, site));
            looked.is_public = project.is_public;
            CHECK_OK(check_role(cx, project, domain::ProjectRole::Viewer));
            return work(Asked{site, request, cx, project, content, nothing});
        });
        return done ? Result<admission::Answer>(admission::Answer{}) : fail(done.error());
    });
    return looked;
}

http::Response read(const Site& site, const http::Request& request, std::string_view act, const Work& work) {
    Run run;
    const Looked looked = look(site, request, act, [&](const Asked& asked) -> Status {
        TRY(run.reply, work(asked));
        return {};
    });
    run.is_public = looked.is_public;
    return answer(site, request, act, std::move(run), looked.outcome);
}

std::optional<http::Response> turn_away(const Site& site, const http::Request& request, const Change& what) {
    const admission::Act act{.id = what.act, .scope = "items:write", .side_effect = what.effect, .rate = what.rate};
    const auto refused = site.pipeline.turn_away(act, caller_of(site, request));
    return refused ? std::optional(answer(site, request, what.act, {}, *refused)) : std::nullopt;
}

http::Response change(const Site& site, const http::Request& request, const Change& what, const Work& work) {
    const admission::Act act{.id = what.act, .scope = "items:write", .side_effect = what.effect, .rate = what.rate};
    Run run;
    const auto outcome = site.pipeline.run(act, caller_of(site, request), [&](admission::Execution& execution) {
        const Result<Json> content = content_of(request);
        const Result<std::any> errand = run_errand(site, request, what, execution, content);
        const auto once = [&](domain::Context& cx) -> Result<admission::Answer> {
            TRY(const auto project, find_project(cx.session, site));
            CHECK_OK(check_role(cx, project, domain::ProjectRole::Editor));
            CHECK_OK(domain::require_writable_project(cx, project.id, domain::ProjectRole::Editor));
            TRY(run.reply, work(Asked{site, request, cx, project, content, errand}));
            return admission::Answer{};
        };
        auto done = execution.write(once);
        for (int tries = 1; !done && is_race(done.error()) && tries < kTries; ++tries)
            done = execution.write(once);
        return done;
    });
    if (run.reply)
        run.reply->caching = Caching::Unsaid;
    return answer(site, request, what.act, std::move(run), outcome);
}

} // namespace landfall::stac
