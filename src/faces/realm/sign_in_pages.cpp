#include "faces/realm/sign_in_pages.hpp"

#include "catalog/tenancy/organization.hpp"
#include "core/text.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/sign_in/passwords.hpp"
#include "domain/sign_in/sessions.hpp"
#include "domain/sign_in/tokens.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/transact.hpp"
#include "faces/pages/visit.hpp"
#include "faces/realm/change_password.hpp"
#include "faces/realm/oauth.hpp"
#include "http/message/problem.hpp"
#include "serving/browser.hpp"

namespace landfall::faces::realm {
namespace {

constexpr std::string_view kLogin = "/realms/public/login";
constexpr std::string_view kAccount = "/realms/public/account";
constexpr std::string_view kEverywhere = "everywhere";
constexpr std::size_t kLongestNext = 2000;
constexpr admission::Act kSignIn{"sign_in.page", "", admission::SideEffect::Compute};

/// A path of this server to go on to; the account's page for everything that could be elsewhere.
std::string path_of(std::string_view next) {
    const bool local = next.starts_with('/') && !next.starts_with("//") && next.size() <= kLongestNext &&
                       next.find('\\') == std::string_view::npos && !has_control(next);
    return std::string(local ? next : kAccount);
}

struct Shown {
    std::string email{};
    std::string fault{};
    int status = 200;
};

http::Response sign_in_page(const pages::Visit& visit, const std::string& next, const Shown& shown) {
    pages::FormParts form;
    form.action = kLogin;
    form.hidden = {visit.token_for("sign in"), {"next", next}};
    form.inputs = {{.name = "username",
                    .label = "Email address",
                    .type = "email",
                    .autocomplete = "username",
                    .value = shown.email,
                    .autofocus = shown.email.empty()},
                   {.name = "password",
                    .label = "Password",
                    .type = "password",
                    .autocomplete = "current-password",
                    .fault = shown.fault,
                    .autofocus = !shown.email.empty()}};
    form.buttons = {{"Sign in"}};
    return visit.show({"Sign in", pages::form(form), shown.status});
}

/// The cookie of a new session, recorded in its transaction.
Result<std::string> open_session(const domain::Call& call, const domain::Verified& verified) {
    return domain::transact(call, [&](domain::Context& cx) -> Result<std::string> {
        CHECK_OK(domain::confirm(cx, verified));
        domain::SignIn who;
        who.user_id = verified.user.id;
        who.client = "browser";
        TRY(auto cookie, domain::open_browser_session(cx, who));
        auth::Principal principal;
        principal.type = auth::PrincipalType::User;
        principal.id = verified.user.id.str();
        CHECK_OK(catalog::append_audit(cx.session, record_of(cx, kSignIn, principal)));
        return cookie;
    });
}

http::Response refuse_sign_in(const pages::Visit& visit, const domain::Call& call, const http::Form& form,
                              const Error& error) {
    auto row = record_of(call, kSignIn, call.principal);
    row.outcome = code_name(error.code);
    call.services.journal.audit(std::move(row));
    if (error.code == Code::Internal)
        return visit.apologize(error);
    const int status = error.code == Code::Unauthenticated ? 400 : http::status_of(error.code);
    auto response = sign_in_page(visit, path_of(form.get("next")),
                                 {std::string(form.get("username")), error.message + ".", status});
    if (error.retry_after_seconds > 0)
        response.headers.set("Retry-After", std::to_string(error.retry_after_seconds));
    return response;
}

} // namespace

std::optional<auth::Principal> signed_in(const domain::Services& services, const http::Request& request) {
    const std::string cookie = serving::session_cookie(request);
    if (cookie.empty())
        return std::nullopt;
    auto principal = domain::authenticate_cookie(services, cookie, domain::cookie_digest(cookie), services.clock.now());
    return principal ? std::optional(*std::move(principal)) : std::nullopt;
}

http::Response ask_to_sign_in(const std::string& back) {
    return pages::see_other(std::string(kLogin) + "?next=" + percent_encode(back));
}

http::Response show_sign_in(const domain::Services& services, const http::Request& request) {
    const std::string next = path_of(request.query("next").value_or(""));
    if (signed_in(services, request))
        return pages::see_other(next);
    return sign_in_page({services, request}, next, {});
}

http::Response sign_in(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto form = visit.take_form("sign in");
    if (!form)
        return visit.apologize(form.error());
    const auto call = call_of(services, request);
    const auto verified = domain::verify_password(call, form->get("username"), form->get("password"));
    if (!verified)
        return refuse_sign_in(visit, call, *form, verified.error());
    const auto cookie = open_session(call, *verified);
    if (!cookie)
        return refuse_sign_in(visit, call, *form, cookie.error());
    auto response = pages::see_other(path_of(form->get("next")));
    serving::give_session_cookie(response, request, *cookie, domain::kBrowserSessionLife);
    return response;
}

http::Response show_account(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto principal = signed_in(services, request);
    if (!principal)
        return ask_to_sign_in(std::string(kAccount));
    std::vector<std::pair<std::string_view, std::string>> facts;
    const auto read = services.database.read([&](database::Session& session) -> Status {
        TRY(const auto user, catalog::find_user(session, *principal->user_id));
        TRY(const auto organization, catalog::find_organization(session, principal->organization_id));
        if (user)
            facts.emplace_back("Signed in as", user->email);
        facts.emplace_back("Organization", organization ? organization->name : "none yet");
        return {};
    });
    if (!read)
        return visit.apologize(read.error());
    pages::FormParts form;
    form.action = kAccount;
    form.hidden = {visit.token_for("sign out")};
    form.buttons = {{"Sign out", "here"}, {"Sign out everywhere", kEverywhere, true}};
    pages::Html body = pages::facts(facts);
    body << pages::form(form);
    body << R"(<p><a href="/">Go on</a> · <a href=")" << kChangePassword << R"(">Change password</a></p>)";
    return visit.show({"Your account", body});
}

http::Response sign_out(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto form = visit.take_form("sign out");
    if (!form)
        return visit.apologize(form.error());
    const auto ended = domain::transact(call_of(services, request), [&](domain::Context& cx) -> Status {
        TRY(const auto row, domain::find_browser_session(cx.session, serving::session_cookie(request), cx.now));
        if (row && row->user_id && form->get("action") == kEverywhere)
            return domain::end_sessions(cx.transaction, *row->user_id, cx.now).map([](std::int64_t) {});
        return row ? domain::end_session(cx.transaction, *row, cx.now) : Status();
    });
    if (!ended)
        return visit.apologize(ended.error());
    auto response = pages::see_other(std::string(kLogin));
    serving::give_session_cookie(response, request, "", {});
    return response;
}

} // namespace landfall::faces::realm
