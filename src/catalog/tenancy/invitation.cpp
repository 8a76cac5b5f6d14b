#include "catalog/tenancy/invitation.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kLive = " WHERE digest = ?1 AND expires_at > ?2";
constexpr std::string_view kReplace = "DELETE FROM invitation WHERE organization_id = ?1 AND lower(email) = lower(?2)";
constexpr std::string_view kFind = sql<select_from<InvitationRow>, kLive>;
constexpr std::string_view kTake = sql<"DELETE FROM invitation", kLive, " RETURNING ", names_of<InvitationRow>>;
constexpr std::string_view kDelete = "DELETE FROM invitation WHERE organization_id = ?1";
constexpr std::string_view kPurge = "DELETE FROM invitation WHERE expires_at < ?1";

constexpr std::string_view kFindLink = sql<select_from<PasswordLinkRow>, kLive>;
constexpr std::string_view kTakeLink =
    sql<"DELETE FROM password_link", kLive, " RETURNING ", names_of<PasswordLinkRow>>;
constexpr std::string_view kDeleteLinks = "DELETE FROM password_link WHERE user_id = ?1";
constexpr std::string_view kPurgeLinks = "DELETE FROM password_link WHERE expires_at < ?1";

} // namespace

Status put_invitation(Session& session, const InvitationRow& row) {
    CHECK_OK(session.run(kReplace, row.organization_id, row.email));
    return done(session.execute(insert_into<InvitationRow>, insert_values(row)));
}

Result<std::optional<InvitationRow>> find_invitation(Session& session, std::string_view digest, Timestamp now) {
    return session.first(kFind, read_as<InvitationRow>, digest, now);
}

Result<std::optional<InvitationRow>> take_invitation(Session& session, std::string_view digest, Timestamp now) {
    return session.first(kTake, read_as<InvitationRow>, digest, now);
}

Status delete_invitations(Session& session, const OrganizationId& organization) {
    return done(session.run(kDelete, organization));
}

Status put_password_link(Session& session, const PasswordLinkRow& row) {
    CHECK_OK(delete_password_links(session, row.user_id));
    return done(session.execute(insert_into<PasswordLinkRow>, insert_values(row)));
}

Result<std::optional<PasswordLinkRow>> find_password_link(Session& session, std::string_view digest, Timestamp now) {
    return session.first(kFindLink, read_as<PasswordLinkRow>, digest, now);
}

Result<std::optional<PasswordLinkRow>> take_password_link(Session& session, std::string_view digest, Timestamp now) {
    return session.first(kTakeLink, read_as<PasswordLinkRow>, digest, now);
}

Status delete_password_links(Session& session, const UserId& user) {
    return done(session.run(kDeleteLinks, user));
}

Result<std::int64_t> purge_links(Session& session, Timestamp before) {
    TRY(const std::int64_t invitations, session.run(kPurge, before));
    TRY(const std::int64_t links, session.run(kPurgeLinks, before));
    return invitations + links;
}

} // namespace landfall::catalog
