#include "faces/realm/setup_page.hpp"

#include "admission/act.hpp"
#include "catalog/ledger/audit.hpp"
#include "domain/sign_in/first_start.hpp"
#include "domain/sign_in/sessions.hpp"
#include "domain/tenancy/users.hpp"
#include "domain/transact.hpp"
#include "faces/pages/visit.hpp"
#include "faces/realm/new_password.hpp"
#include "faces/realm/oauth.hpp"
#include "serving/browser.hpp"

namespace landfall::faces {
namespace {

constexpr std::string_view kPath = "/setup";
constexpr std::string_view kScriptPath = "/setup/code.js";
constexpr admission::Act kSetUp{"setup", "", admission::SideEffect::Compute};

/// The code stands behind the # of the address, which browsers send to nobody; the page hands it to the form.
constexpr std::string_view kScript = R"js(const box = document.getElementById('code');
if (box && location.hash.length > 1) {
  box.value = decodeURIComponent(location.hash.slice(1));
  box.closest('.field').hidden = true;
  history.replaceState(null, '', location.pathname);
}
)js";

pages::Input text_input(std::string_view name, std::string_view label, const realm::Refused& refused,
                        std::string first = {}) {
    pages::Input input{.name = name, .label = label, .fault = refused.fault_of(name)};
    input.value = refused.filled ? refused.value_of(name) : std::move(first);
    return input;
}

pages::FormParts form_of(const pages::Visit& visit, const realm::Refused& refused) {
    pages::FormParts form;
    form.action = kPath;
    form.fault = refused.fault_of("");
    form.hidden = {visit.token_for("setup")};
    auto code = text_input("code", "Code of the link", refused);
    code.hint = "What stands behind the # of the address that the server printed";
    auto name = text_input("name", "Your name", refused);
    name.autocomplete = "name";
    name.autofocus = true;
    auto email = text_input("email", "Email address", refused);
    email.type = "email";
    email.autocomplete = "username";
    form.inputs = {std::move(code), std::move(name), std::move(email)};
    for (auto& input : realm::new_password_inputs(refused))
        form.inputs.push_back(std::move(input));
    form.inputs.push_back(text_input("organization", "Organization", refused, "My organization"));
    form.inputs.push_back(text_input("project", "First project", refused, "My imagery"));
    form.buttons = {{"Begin"}};
    return form;
}

http::Response setup_page(const pages::Visit& visit, const realm::Refused& refused) {
    pages::Html body =
        pages::paragraph("Nobody has an account on this server yet. Make the first: it owns all that there is.");
    body << pages::form(form_of(visit, refused));
    return visit.show({.title = "Welcome", .body = body, .status = refused.status, .script = kScriptPath});
}

/// The cookie of the session that begins with the account.
Result<std::string> set_up(const domain::Call& call, const http::Form& form, const domain::FirstAccount& account) {
    return domain::transact(call, [&](domain::Context& cx) -> Result<std::string> {
        CHECK_OK(domain::check_setup_secret(cx.services, form.get("code"), cx.now));
        TRY(const auto done, domain::set_up(cx, account));
        domain::SignIn who;
        who.user_id = done.user_id;
        who.client = "browser";
        TRY(auto cookie, domain::open_browser_session(cx, who));
        auth::Principal principal;
        principal.type = auth::PrincipalType::User;
        principal.id = done.user_id.str();
        principal.organization_id = done.organization_id;
        CHECK_OK(catalog::append_audit(cx.session, realm::record_of(cx, kSetUp, principal)));
        return cookie;
    });
}

Result<std::string> set_up(const domain::Call& call, const http::Form& form) {
    // Before the password costs anything.
    CHECK_OK(domain::check_setup_secret(call.services, form.get("code"), call.services.clock.now()));
    domain::FirstAccount account;
    account.name = form.get("name");
    account.email = form.get("email");
    account.organization = form.get("organization");
    account.project = form.get("project");
    CHECK_OK(domain::check_name("name", account.name));
    CHECK_OK(domain::check_email(account.email));
    TRY(account.password_hash, realm::new_hash(call, form));
    return set_up(call, form, account);
}

Result<bool> is_set_up(const domain::Services& services) {
    return services.database.read_for([](database::Session& session) { return catalog::has_users(session); });
}

http::Response show_setup(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto done = is_set_up(services);
    if (!done)
        return visit.apologize(done.error());
    return *done ? pages::see_other("/realms/public/login") : setup_page(visit, {});
}

http::Response take_setup(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto form = visit.take_form("setup");
    if (!form)
        return visit.apologize(form.error());
    const auto cookie = set_up(realm::call_of(services, request), *form);
    if (!cookie && (cookie.error().code == Code::InvalidArgument || cookie.error().code == Code::PermissionDenied))
        return setup_page(visit, realm::refused_by(cookie.error(), "code", *form));
    if (!cookie)
        return visit.apologize(cookie.error());
    auto response = pages::see_other("/");
    serving::give_session_cookie(response, request, *cookie, domain::kBrowserSessionLife);
    return response;
}

http::Handler named(const domain::Services& services,
                    http::Response (*answer)(const domain::Services&, const http::Request&)) {
    return [&services, answer](const http::Request& request) {
        auto response = answer(services, request);
        response.operation = "page.setup";
        return response;
    };
}

} // namespace

http::Face setup_face(const domain::Services& services) {
    http::Face face({std::string(kPath)});
    face.route("GET", std::string(kPath), http::Lane::Interactive, named(services, show_setup));
    face.route("POST", std::string(kPath), http::Lane::Slow, named(services, take_setup));
    face.route("GET", std::string(kScriptPath), http::Lane::Inline, [](const http::Request& request) {
        return pages::fixed_text(request, "text/javascript; charset=utf-8", kScript);
    });
    return face;
}

} // namespace landfall::faces
