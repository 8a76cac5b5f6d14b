#include "stac/routes/landing.hpp"

#include "domain/sign_in/derived_tokens.hpp"
#include "domain/sign_in/passwords.hpp"
#include "domain/transact.hpp"
#include "http/message/form.hpp"
#include "http/message/origin.hpp"
#include "serving/caller.hpp"
#include "stac/documents/links.hpp"
#include "stac/documents/object_text.hpp"
#include "stac/input/members.hpp"
#include "stac/refusal.hpp"

#include <array>

namespace landfall::stac {
namespace {

constexpr std::string_view kId = "ch";
constexpr std::array<std::string_view, 7> kConformance{
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/collections",
    "https://api.stacspec.org/v1.0.0/ogcapi-features",
    "https://api.stacspec.org/v1.0.0/item-search",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"};

/// Name and password, of a form or of JSON.
Result<Json> sign_in_body(const http::Request& request) {
    const auto form = http::Form::of(request);
    if (!form) {
        auto json = Json::parse(request.body.empty() ? std::string_view("{}") : std::string_view(request.body));
        return json ? json : refuse("JSON parse error - " + json.error().message);
    }
    Json body = Json::object();
    for (const std::string_view name : {"username", "password"})
        if (const auto value = form->get(name); !value.empty())
            body.set(name, value);
    return body;
}

Result<std::string> sign_in(const domain::Services& services, const http::Request& request) {
    TRY(const Json body, sign_in_body(request));
    Faults faults;
    Members members(body, faults);
    const auto name = members.text("username", {.required = true, .nullable = false});
    const auto password = members.text("password", {.required = true, .nullable = false});
    CHECK_OK(faults.status());
    static const auth::Principal nobody;
    const domain::Call call{services,
                            nobody,
                            services.clock.now(),
                            request.request_id,
                            request.remote_address,
                            serving::header(request, "User-Agent")};
    const auto verified = domain::verify_password(call, **name, **password);
    if (!verified && verified.error().code == Code::Unauthenticated)
        return refuse_field(kNonField, "Unable to log in with provided credentials.");
    if (!verified)
        return fail(verified.error());
    return domain::transact(call, [&](domain::Context& cx) -> Result<std::string> {
        CHECK_OK(domain::confirm(cx, *verified));
        return domain::derived_token(services, verified->user);
    });
}

} // namespace

Result<Reply> get_landing(const Asked& asked) {
    ObjectText out;
    out.add("id", Json(kId));
    if (asked.dialect().has_types)
        out.add("type", Json("Catalog"));
    out.add("title", asked.project.name);
    out.add("description", asked.project.description.value_or("Data of the project " + asked.project.name));
    out.add("stac_version", Json(asked.dialect().stac_version)).add("conformsTo", Json::array_of(kConformance));
    out.add("links", landing_links(asked));
    return Reply{.body = std::move(out).text()};
}

Result<Reply> get_conformance(const Asked& /*asked*/) {
    return Reply{.body = Json::object({{"conformsTo", Json::array_of(kConformance)}}).dump()};
}

Result<Reply> update_extent(const Asked& /*asked*/) {
    return Reply{.body = "", .caching = Caching::Unsaid};
}

http::Response check(const http::Request& request) {
    http::Response response = http::Response::text(200, "application/json", R"({"success":true,"message":"OK"})");
    response.headers.set("Cache-Control", std::string(kNeverCache));
    allow_everybody(request, response);
    response.operation = "stac.check";
    return response;
}

http::Response redirect_to_landing(const Site& site, const http::Request& request) {
    http::Response response;
    response.status = 301;
    const std::string query = request.raw_query.empty() ? "" : "?" + request.raw_query;
    response.headers.set("Location", std::string(site.dialect.base) + "/" + query);
    response.headers.set("Cache-Control", "max-age=600, public");
    allow_everybody(request, response);
    response.operation = "stac.landing";
    return response;
}

http::Response get_token(const domain::Services& services, const http::Request& request) {
    const auto token = sign_in(services, request);
    http::Response response =
        token ? http::Response::text(200, "application/json", Json::object({{"token", *token}}).dump())
              : refusal(request, token.error());
    response.headers.set("Cache-Control", std::string(kNeverCache));
    allow_everybody(request, response);
    response.operation = "stac.token";
    return response;
}

} // namespace landfall::stac
