#include "faces/realm/change_password.hpp"

#include "admission/act.hpp"
#include "catalog/ledger/audit.hpp"
#include "domain/sign_in/passwords.hpp"
#include "domain/sign_in/sessions.hpp"
#include "domain/tenancy/users.hpp"
#include "domain/transact.hpp"
#include "faces/pages/visit.hpp"
#include "faces/realm/new_password.hpp"
#include "faces/realm/oauth.hpp"
#include "faces/realm/sign_in_pages.hpp"
#include "serving/browser.hpp"

namespace landfall::faces::realm {
namespace {

constexpr admission::Act kChange{"password.change", "", admission::SideEffect::Compute};

http::Response change_page(const pages::Visit& visit, const std::string& email, const Refused& refused) {
    pages::FormParts form;
    form.action = kChangePassword;
    form.hidden = {visit.token_for("change password")};
    form.inputs = {{.name = "current",
                    .label = "Password until now",
                    .type = "password",
                    .autocomplete = "current-password",
                    .fault = refused.fault_of("current"),
                    .autofocus = true}};
    for (auto& input : new_password_inputs(refused))
        form.inputs.push_back(std::move(input));
    form.buttons = {{"Change password"}};
    pages::Html body = pages::facts({{"Email address", email}});
    body << pages::paragraph("Everybody who is signed in as you is signed out, but you here.") << pages::form(form);
    return visit.show({.title = "Change password", .body = body, .status = refused.status});
}

Result<std::optional<catalog::UserRow>> user_of(const domain::Services& services, const auth::Principal& principal) {
    return services.database.read_for(
        [&](database::Session& session) { return catalog::find_user(session, *principal.user_id); });
}

/// The cookie of the session that goes on here.
Result<std::string> change(const domain::Call& call, const http::Form& form, const catalog::UserRow& user) {
    TRY(const auto verified, domain::verify_password(call, user.email, form.get("current")));
    TRY(const auto hash, new_hash(call, form));
    return domain::transact(call, [&](domain::Context& cx) -> Result<std::string> {
        CHECK_OK(domain::confirm(cx, verified));
        CHECK_OK(domain::set_password(cx.transaction, verified.user, hash, cx.now));
        domain::SignIn who;
        who.user_id = user.id;
        who.client = "browser";
        TRY(auto cookie, domain::open_browser_session(cx, who));
        auth::Principal principal;
        principal.type = auth::PrincipalType::User;
        principal.id = user.id.str();
        CHECK_OK(catalog::append_audit(cx.session, record_of(cx, kChange, principal)));
        return cookie;
    });
}

} // namespace

http::Response show_change(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto principal = signed_in(services, request);
    if (!principal)
        return ask_to_sign_in(std::string(kChangePassword));
    const auto user = user_of(services, *principal);
    if (!user)
        return visit.apologize(user.error());
    return *user ? change_page(visit, (*user)->email, {}) : ask_to_sign_in(std::string(kChangePassword));
}

http::Response change_password(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto form = visit.take_form("change password");
    if (!form)
        return visit.apologize(form.error());
    const auto principal = signed_in(services, request);
    if (!principal)
        return ask_to_sign_in(std::string(kChangePassword));
    const auto user = user_of(services, *principal);
    if (!user || !*user)
        return user ? ask_to_sign_in(std::string(kChangePassword)) : visit.apologize(user.error());
    const auto cookie = change(call_of(services, request), *form, **user);
    if (cookie) {
        auto response = pages::see_other("/realms/public/account");
        serving::give_session_cookie(response, request, *cookie, domain::kBrowserSessionLife);
        return response;
    }
    const Error& error = cookie.error();
    if (error.code == Code::InvalidArgument || error.code == Code::Unauthenticated ||
        error.code == Code::ResourceExhausted)
        return change_page(visit, (*user)->email, refused_by(error, "current", *form));
    return visit.apologize(error);
}

} // namespace landfall::faces::realm
