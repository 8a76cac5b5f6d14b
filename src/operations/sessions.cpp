#include "domain/sign_in/sessions.hpp"

#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct SessionsRevokeAllInput {};
constexpr auto describe(schema::Of<SessionsRevokeAllInput>) {
    return schema::fields();
}

struct SessionsRevokeAllOutput {
    bool ok = true;
    std::int64_t ended = 0;
};
constexpr auto describe(schema::Of<SessionsRevokeAllOutput>) {
    using schema::field;
    return schema::fields(
        field("ok", &SessionsRevokeAllOutput::ok, {.required = true}),
        field("ended", &SessionsRevokeAllOutput::ended,
              {.text = "Sessions that were live: sign-ins of browsers and programs", .required = true}));
}

constexpr OperationSpec kRevokeAll{
    .id = "sessions.revoke_all",
    .scope = "items:read",
    .side_effect = SideEffect::Compute,
    .summary = "Sign the caller out everywhere: every token and cookie of the caller ends at once.",
    .is_extension = true,
};

Result<SessionsRevokeAllOutput> revoke_all(domain::Context& cx, const SessionsRevokeAllInput&) {
    const auth::Principal& caller = cx.principal;
    TRY(const auto ended, caller.type == auth::PrincipalType::ApiKey
                              ? domain::end_sessions(cx.transaction, ApiKeyId(caller.id), cx.now)
                              : domain::end_sessions(cx.transaction, caller.user_id.value_or(UserId()), cx.now));
    cx.touch(caller.id);
    return SessionsRevokeAllOutput{true, ended};
}

} // namespace

void add_sessions(Registry& registry) {
    registry.write(kRevokeAll, revoke_all);
}

} // namespace landfall::operations
