#include "faces/realm/realm.hpp"

#include "domain/sign_in/tokens.hpp"
#include "faces/pages/page.hpp"
#include "faces/realm/change_password.hpp"
#include "faces/realm/device_pages.hpp"
#include "faces/realm/link_pages.hpp"
#include "faces/realm/oauth.hpp"
#include "faces/realm/sessions.hpp"
#include "faces/realm/sign_in_pages.hpp"
#include "faces/realm/tokens.hpp"

#include <memory>
#include <string>

namespace landfall::faces {
namespace {

constexpr std::string_view kPrefix = "/realms/public/";
const std::string kProtocol = "/realms/public/protocol/openid-connect";

http::Response named(http::Response response, const std::string& operation) {
    response.operation = operation;
    return response;
}

/// The keys that tokens are verified with: a JWK Set.
http::Response certs(const domain::Services& services, const http::Request& /*request*/) {
    const auto keys = domain::published_keys(services, services.clock.now());
    if (!keys)
        return realm::oauth_error(keys.error(), "invalid_request");
    Json list = Json::array();
    for (const auto& key : *keys)
        list.push(key.jwk());
    auto response = realm::document(Json::object({{"keys", std::move(list)}}));
    response.headers.remove("Pragma");
    response.headers.set("Cache-Control", "public, max-age=60");
    return response;
}

/// The realm described for programs. Spec: RFC 8414 section 2; OpenID Connect Discovery section 3.
http::Response discovery(const domain::Services& services, const http::Request& request) {
    const std::string issuer = domain::issuer_of(realm::call_of(services, request));
    const auto at = [&](std::string_view path) { return issuer + "/protocol/openid-connect" + std::string(path); };
    return realm::document(Json::object(
        {{"issuer", issuer},
         {"token_endpoint", at("/token")},
         {"device_authorization_endpoint", at("/auth/device")},
         {"userinfo_endpoint", at("/userinfo")},
         {"jwks_uri", at("/certs")},
         {"revocation_endpoint", at("/revoke")},
         {"introspection_endpoint", at("/token/introspect")},
         {"end_session_endpoint", at("/logout")},
         {"grant_types_supported", Json::array_of(realm::grant_types())},
         {"response_types_supported", Json::array()},
         {"subject_types_supported", Json::array({"public"})},
         {"token_endpoint_auth_methods_supported", Json::array({"none", "client_secret_post", "client_secret_basic"})},
         {"access_token_signing_alg_values_supported", Json::array({"ES256"})},
         {"id_token_signing_alg_values_supported", Json::array({"ES256"})},
         {"code_challenge_methods_supported", Json::array({"S256"})},
         {"scopes_supported", Json::array_of(auth::default_scopes())},
         {"claims_supported", Json::array({"sub", "name", "email", "preferred_username", "geopera_principal_id",
                                           "geopera_principal_type", "geopera_org_id", "geopera_projects"})}}));
}

} // namespace

http::Face realm_face(const domain::Services& services, admission::Pipeline& pipeline) {
    http::Face face({std::string(kPrefix)}, realm::refuse);
    const auto add = [&](const char* method, const std::string& path, http::Lane lane, const std::string& name,
                         const auto& answer) {
        face.route(method, path, lane,
                   [answer, name](const http::Request& request) { return named(answer(request), name); });
    };
    const auto with_services = [&services](auto answer) {
        return [&services, answer](const http::Request& request) { return answer(services, request); };
    };
    const auto with_pipeline = [&pipeline](auto answer) {
        return [&pipeline, answer](const http::Request& request) { return answer(pipeline, request); };
    };
    using enum http::Lane;
    const std::string origin = services.settings.public_url_is_set ? services.settings.public_url : "";
    add("POST", kProtocol + "/token", Slow, "realm.token", with_services(realm::token));
    add("POST", kProtocol + "/revoke", Commit, "realm.revoke", with_services(realm::revoke));
    add("POST", kProtocol + "/logout", Commit, "realm.logout", with_services(realm::log_out));
    add("GET", kProtocol + "/certs", Interactive, "realm.certs", with_services(certs));
    for (const char* path : {"/introspect", "/token/introspect"})
        add("POST", kProtocol + path, Interactive, "realm.introspect", with_pipeline(realm::introspect));
    for (const char* method : {"GET", "POST"})
        add(method, kProtocol + "/userinfo", Interactive, "realm.userinfo",
            [&pipeline, origin](const http::Request& request) { return realm::userinfo(pipeline, origin, request); });
    for (const std::string& base : {std::string("/realms/public"), kProtocol})
        add("GET", base + "/.well-known/openid-configuration", Interactive, "realm.discovery",
            with_services(discovery));
    const auto asked = std::make_shared<admission::RateLimiter>();
    add("POST", kProtocol + "/auth/device", Commit, "realm.device",
        [&services, asked](const http::Request& request) { return realm::ask_device(services, *asked, request); });
    const auto add_page = [&](const std::string& page, auto show, auto act, http::Lane lane) {
        const std::string name = "page." + page.substr(0, page.find('/'));
        add("GET", "/realms/public/" + page, Interactive, name, with_services(show));
        add("POST", "/realms/public/" + page, lane, name, with_services(act));
    };
    add_page("login", realm::show_sign_in, realm::sign_in, Slow);
    add_page("account", realm::show_account, realm::sign_out, Commit);
    add_page("change-password", realm::show_change, realm::change_password, Slow);
    add_page("device", realm::show_device, realm::decide_device, Commit);
    add_page("invitation/{secret}", realm::show_invitation, realm::accept_invitation, Slow);
    add_page("password/{secret}", realm::show_password, realm::choose_password, Slow);
    add("GET", std::string(pages::kStylesheetPath), Inline, "page.stylesheet", pages::stylesheet);
    return face;
}

} // namespace landfall::faces
