#include "faces/realm/link_pages.hpp"

#include "admission/act.hpp"
#include "catalog/ledger/audit.hpp"
#include "domain/sign_in/passwords.hpp"
#include "domain/tenancy/invitations.hpp"
#include "domain/tenancy/organizations.hpp"
#include "domain/tenancy/users.hpp"
#include "domain/transact.hpp"
#include "faces/pages/visit.hpp"
#include "faces/realm/new_password.hpp"
#include "faces/realm/oauth.hpp"

namespace landfall::faces::realm {
namespace {

constexpr std::string_view kLogin = "/realms/public/login";
constexpr admission::Act kAccept{"invitation.accept", "", admission::SideEffect::Compute};
constexpr admission::Act kChoose{"password.choose", "", admission::SideEffect::Compute};

std::string secret_of(const http::Request& request) {
    return request.params.at("secret");
}

/// Records in its transaction what a user did by a link.
Status record(domain::Context& cx, const admission::Act& act, const UserId& user,
              const OrganizationId& organization = {}) {
    auth::Principal principal;
    principal.type = auth::PrincipalType::User;
    principal.id = user.str();
    principal.organization_id = organization;
    return catalog::append_audit(cx.session, record_of(cx, act, principal));
}

Result<domain::OpenInvitation> open_invitation(const domain::Services& services, const http::Request& request) {
    return services.database.read_for([&](database::Session& session) {
        return domain::find_invitation(session, secret_of(request), services.clock.now());
    });
}

http::Response invitation_page(const pages::Visit& visit, const domain::OpenInvitation& open, const Refused& refused) {
    const std::string action = "/realms/public/invitation/" + secret_of(visit.request());
    pages::FormParts form;
    form.action = action;
    form.hidden = {visit.token_for("invitation")};
    if (open.user) {
        form.inputs = {{.name = "password",
                        .label = "Your password",
                        .type = "password",
                        .autocomplete = "current-password",
                        .fault = refused.fault_of("password"),
                        .autofocus = true}};
    } else {
        form.inputs = new_password_inputs(refused);
        form.inputs.insert(form.inputs.begin(), {.name = "name",
                                                 .label = "Your name",
                                                 .autocomplete = "name",
                                                 .value = refused.value_of("name"),
                                                 .fault = refused.fault_of("name"),
                                                 .autofocus = true});
    }
    form.buttons = {{"Join"}};
    pages::Html body = pages::facts({{"Organization", open.organization_name},
                                     {"Email address", open.invitation.email},
                                     {"Role", std::string(schema::enum_text(open.invitation.role))}});
    body << pages::form(form);
    return visit.show({"You are invited", body, refused.status});
}

/// The account that accepts: a new one, or the one whose password was given.
Result<std::optional<domain::Verified>> accepting(const domain::Call& call, const domain::OpenInvitation& open,
                                                  const http::Form& form) {
    if (!open.user)
        return std::optional<domain::Verified>();
    TRY(auto verified, domain::verify_password(call, open.invitation.email, form.get("password")));
    return std::optional(std::move(verified));
}

Status join(const domain::Call& call, const std::string& secret, const domain::OpenInvitation& open,
            const http::Form& form) {
    TRY(const auto verified, accepting(call, open, form));
    domain::Accepting who;
    if (verified) {
        who = verified->user.id;
    } else {
        domain::NewAccount account;
        account.name = form.get("name");
        CHECK_OK(domain::check_name("name", account.name));
        TRY(account.password_hash, new_hash(call, form));
        who = std::move(account);
    }
    return domain::transact(call, [&](domain::Context& cx) -> Status {
        if (verified)
            CHECK_OK(domain::confirm(cx, *verified));
        TRY(const auto user, domain::accept_invitation(cx.transaction, secret, who, cx.now));
        return record(cx, kAccept, user.id, open.invitation.organization_id);
    });
}

Result<catalog::UserRow> linked_user(const domain::Services& services, const http::Request& request) {
    return services.database.read_for([&](database::Session& session) {
        return domain::find_linked_user(session, secret_of(request), services.clock.now());
    });
}

http::Response password_page(const pages::Visit& visit, const catalog::UserRow& user, const Refused& refused) {
    const std::string action = "/realms/public/password/" + secret_of(visit.request());
    pages::FormParts form;
    form.action = action;
    form.hidden = {visit.token_for("password")};
    form.inputs = new_password_inputs(refused);
    form.inputs.front().autofocus = true;
    form.buttons = {{"Set password"}};
    pages::Html body = pages::facts({{"Email address", user.email}});
    body << pages::form(form);
    return visit.show({"Choose a password", body, refused.status});
}

} // namespace

http::Response show_invitation(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto open = open_invitation(services, request);
    return open ? invitation_page(visit, *open, {}) : visit.apologize(open.error());
}

http::Response accept_invitation(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto form = visit.take_form("invitation");
    if (!form)
        return visit.apologize(form.error());
    const auto open = open_invitation(services, request);
    if (!open)
        return visit.apologize(open.error());
    const auto joined = join(call_of(services, request), secret_of(request), *open, *form);
    if (joined)
        return pages::see_other(std::string(kLogin));
    const Error& error = joined.error();
    if (error.code == Code::InvalidArgument || error.code == Code::Unauthenticated ||
        error.code == Code::ResourceExhausted)
        return invitation_page(visit, *open, refused_by(error, "password", *form));
    return visit.apologize(error);
}

http::Response show_password(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto user = linked_user(services, request);
    return user ? password_page(visit, *user, {}) : visit.apologize(user.error());
}

http::Response choose_password(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto form = visit.take_form("password");
    if (!form)
        return visit.apologize(form.error());
    const auto user = linked_user(services, request);
    if (!user)
        return visit.apologize(user.error());
    const auto call = call_of(services, request);
    const auto hash = new_hash(call, *form);
    if (!hash)
        return hash.error().code == Code::InvalidArgument
                   ? password_page(visit, *user, refused_by(hash.error(), "password", *form))
                   : visit.apologize(hash.error());
    const auto done = domain::transact(call, [&](domain::Context& cx) -> Status {
        TRY(const auto changed, domain::use_password_link(cx.transaction, secret_of(request), *hash, cx.now));
        return record(cx, kChoose, changed.id);
    });
    return done ? pages::see_other(std::string(kLogin)) : visit.apologize(done.error());
}

} // namespace landfall::faces::realm
