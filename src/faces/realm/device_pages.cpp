#include "faces/realm/device_pages.hpp"

#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/user.hpp"
#include "core/network.hpp"
#include "core/text.hpp"
#include "domain/sign_in/devices.hpp"
#include "domain/sign_in/throttle.hpp"
#include "domain/transact.hpp"
#include "faces/pages/visit.hpp"
#include "faces/realm/oauth.hpp"
#include "faces/realm/sign_in_pages.hpp"

#include <algorithm>

namespace landfall::faces::realm {
namespace {

constexpr std::string_view kDevice = "/realms/public/device";
constexpr std::string_view kApprove = "approve";
constexpr std::size_t kChallengeLength = 43; ///< of base64url of 32 bytes

Result<domain::DeviceAsk> ask_of(const http::Request& request) {
    TRY(const auto form, http::Form::of(request));
    TRY(const auto client, client_of(request, form));
    CHECK_OK(required(form, "client_id"));
    domain::DeviceAsk ask{client.id, std::string(form.get("scope"))};
    const auto challenge = form.get("code_challenge");
    const auto method = form.get("code_challenge_method");
    if (challenge.empty() && method.empty())
        return ask;
    // Without a method it would be "plain" (RFC 7636 section 4.3), by which whoever sees the challenge has the
    // verifier.
    if (method != "S256" || challenge.size() != kChallengeLength || !from_base64url(challenge))
        return fail(Code::BadRequest, "The code_challenge must be a base64url SHA-256 without padding, and its "
                                      "code_challenge_method S256");
    ask.challenge = challenge;
    return ask;
}

std::string page_of(std::string_view user_code) {
    return std::string(kDevice) + "?user_code=" + percent_encode(user_code);
}

http::Response code_page(const pages::Visit& visit, std::string_view typed, const std::string& fault, int status) {
    pages::FormParts form;
    form.action = kDevice;
    form.method = "get";
    form.inputs = {{.name = "user_code",
                    .label = "Code",
                    .value = std::string(typed.substr(0, 64)),
                    .hint = "Eight letters and digits, as your device shows them",
                    .fault = fault,
                    .autofocus = true}};
    form.buttons = {{"Continue"}};
    pages::Html body = pages::paragraph("Type the code that the program on your device shows.");
    body << pages::form(form);
    return visit.show({"Sign in on a device", body, status});
}

/// Who wants to be let in, and where it may work.
struct Waiting {
    catalog::DeviceRequestRow request;
    std::string email;
    std::vector<pages::Option> organizations;
};

/// Codes are tried as passwords are: wrong ones count.
Result<std::optional<Waiting>> look_up(const domain::Call& call, const auth::Principal& user, const std::string& code) {
    const auto attempt = domain::attempt_of(call.remote_address);
    auto waiting = call.services.database.read_for([&](database::Session& session) -> Result<std::optional<Waiting>> {
        CHECK_OK(domain::check_throttle(session, attempt, call.now));
        TRY(auto request, domain::find_waiting_device(session, code, call.now));
        if (!request)
            return std::optional<Waiting>();
        Waiting found{*std::move(request), {}, {}};
        TRY(const auto row, catalog::find_user(session, *user.user_id));
        found.email = row ? row->email : "";
        TRY(const auto places, catalog::list_organizations_of(session, *user.user_id));
        for (const auto& place : places) {
            TRY(const auto organization, catalog::find_organization(session, place));
            if (organization)
                found.organizations.push_back({place.str(), organization->name, place == user.organization_id});
        }
        return std::optional(std::move(found));
    });
    if (waiting && !*waiting)
        CHECK_OK(call.services.transactor.run(
            [&](database::Session& session) { return domain::note_failure(session, attempt, call.now); }));
    return waiting;
}

http::Response confirm_page(const pages::Visit& visit, const Waiting& waiting) {
    const std::string code = domain::shown_code(waiting.request.user_code);
    pages::FormParts form;
    form.action = kDevice;
    form.hidden = {visit.token_for("device " + waiting.request.user_code), {"user_code", code}};
    if (waiting.organizations.size() > 1)
        form.inputs = {{.name = "organization_id",
                        .label = "Organization",
                        .hint = "In which the program will work",
                        .options = waiting.organizations}};
    form.buttons = {{"Approve", kApprove}, {"Deny", "deny", true}};
    pages::Html body =
        pages::paragraph("A program wants to work as you. Approve only if you started it yourself and it "
                         "shows this code:");
    body << R"(<p class="code">)" << code << "</p>"
         << pages::facts({{"Program", waiting.request.client},
                          {"Asked from", waiting.request.address},
                          {"Signs in as", waiting.email}})
         << pages::form(form);
    return visit.show({"Sign in on a device", body});
}

http::Response done_page(const pages::Visit& visit, bool approved) {
    return visit.show(
        {approved ? "You are signed in" : "Nothing was let in",
         pages::paragraph(approved ? "Go back to your device: the program goes on there. You may close this page."
                                   : "The program was refused. You may close this page.")});
}

} // namespace

http::Response ask_device(const domain::Services& services, admission::RateLimiter& asked,
                          const http::Request& request) {
    const auto call = call_of(services, request);
    const auto rate = asked.take(network_of(call.remote_address), services.settings.limits.public_per_minute, call.now);
    if (!rate.allowed) {
        Error error(Code::ResourceExhausted, "Too many programs ask to be let in from this address");
        error.retry_after_seconds = static_cast<int>(rate.reset_seconds);
        return oauth_error(error, "invalid_request");
    }
    const auto ask = ask_of(request);
    if (!ask)
        return oauth_error(ask.error(), "invalid_request");
    const auto codes = domain::transact(call, [&](domain::Context& cx) { return domain::ask_device(cx, *ask); });
    if (!codes)
        return oauth_error(codes.error(), "invalid_request");
    return document(Json::object({{"device_code", codes->device_code},
                                  {"user_code", codes->user_code},
                                  {"verification_uri", call.origin() + std::string(kDevice)},
                                  {"verification_uri_complete", call.origin() + page_of(codes->user_code)},
                                  {"interval", domain::kPollSeconds},
                                  {"expires_in", std::int64_t{domain::kDeviceCodeLife.count()}}}));
}

http::Response show_device(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const std::string code = request.query("user_code").value_or("");
    const auto user = signed_in(services, request);
    if (!user)
        return ask_to_sign_in(code.empty() ? std::string(kDevice) : page_of(code.substr(0, 64)));
    if (code.empty())
        return code_page(visit, "", "", 200);
    const auto waiting = look_up(call_of(services, request), *user, code);
    if (!waiting)
        return visit.apologize(waiting.error());
    if (!*waiting)
        return code_page(visit, code, "No program waits under this code. It may have expired.", 404);
    return confirm_page(visit, **waiting);
}

http::Response decide_device(const domain::Services& services, const http::Request& request) {
    const pages::Visit visit(services, request);
    const auto user = signed_in(services, request);
    if (!user)
        return ask_to_sign_in(std::string(kDevice));
    const auto peek = http::Form::of(request);
    std::string code(peek ? peek->get("user_code") : "");
    std::erase(code, '-');
    const auto form = visit.take_form("device " + code);
    if (!form)
        return visit.apologize(form.error());
    domain::DeviceDecision decision{code, *user->user_id};
    if (const auto organization = form->get("organization_id"); !organization.empty())
        decision.organization_id = OrganizationId(organization);
    else if (!user->organization_id.empty())
        decision.organization_id = user->organization_id;
    decision.approved = form->get("action") == kApprove;
    const auto decided = domain::transact(call_of(services, request),
                                          [&](domain::Context& cx) { return domain::decide_device(cx, decision); });
    return decided ? done_page(visit, decision.approved) : visit.apologize(decided.error());
}

} // namespace landfall::faces::realm
