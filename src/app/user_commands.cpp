#include "app/user_commands.hpp"

#include "app/catalog_command.hpp"
#include "app/password_input.hpp"
#include "auth/secrets.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "cli/prompt.hpp"
#include "domain/tenancy/members.hpp"
#include "domain/tenancy/organizations.hpp"
#include "domain/tenancy/users.hpp"

#include <fmt/format.h>

#include <functional>
#include <iterator>

namespace landfall::app {
namespace {

using cli::Flag;
using cli::FlagType;
using cli::Invocation;

int usage_error(std::string_view sentence) {
    put(stderr, "landfall: {}\n", sentence);
    return 2;
}

Flag organization_role_flag() {
    Flag flag = text_flag("role", "In the organization; member if absent");
    flag.choices = {"owner", "admin", "member"};
    flag.needs = "organization";
    return flag;
}

Json user_json(const catalog::UserRow& user) {
    return Json::object({{"id", user.id.str()},
                         {"email", user.email},
                         {"name", user.name},
                         {"disabled", user.disabled_at.has_value()},
                         {"created_at", format_rfc3339(user.created_at)}});
}

std::string user_text(const catalog::UserRow& user) {
    return fmt::format("{}  {}{}\n", user.id.str(), user.email, user.disabled_at ? "  (disabled)" : "");
}

std::string shown(const catalog::UserRow& user, Output output) {
    return output == Output::Json ? line(user_json(user)) : user_text(user);
}

Result<std::string> create(catalog::Transaction& transaction, Deed& deed, const Invocation& given,
                           const std::string& hash) {
    const std::string email = required_text(given, "email");
    const auto name = text_of(given, "name").value_or(email.substr(0, email.find('@')));
    TRY(const auto user, domain::create_user(transaction, {email, name, hash, false}, now()));
    deed.targets = {user.id.str()};
    if (const auto wanted = text_of(given, "organization")) {
        TRY(const auto organization, find_organization(transaction, *wanted));
        const auto role = schema::enum_value<auth::OrganizationRole>(text_of(given, "role").value_or("member"));
        CHECK_OK(domain::add_member(transaction,
                                    {organization.id, user.id, role.value_or(auth::OrganizationRole::Member), now()}));
        deed.organization = organization.id;
    }
    return shown(user, output_of(given));
}

int run_create(const LoadedConfig& loaded, const Invocation& given) {
    const auto password = password_of(given);
    if (!password)
        return usage_error(password.error().message);
    const auto hash = auth::hash_password(*password);
    if (!hash)
        return report_failure(hash.error());
    return in_catalog(
        loaded.config, {.command = "user.create", .adds_only = true},
        [&](catalog::Transaction& transaction, Deed& deed) { return create(transaction, deed, given, *hash); });
}

int run_list(const LoadedConfig& loaded, const Invocation& given) {
    return in_catalog(loaded.config, {"user.list", admission::SideEffect::Read},
                      [&](database::Session& session, Deed&) -> Result<std::string> {
                          TRY(const auto users, catalog::list_users(session));
                          std::string out;
                          for (const auto& user : users)
                              out += shown(user, output_of(given));
                          return out;
                      });
}

/// The user that a command is about: its operand, or `--email`. Empty, after saying so, where there is neither or both.
std::string named_user(const Invocation& given) {
    const auto email = text_of(given, "email");
    if (email.has_value() == !given.operands.empty()) {
        (void)usage_error("Name one user, by id or email");
        return {};
    }
    return email ? *email : given.operands.front();
}

/// Does `work` with the user that a command names, and prints what it says.
int with_user(const LoadedConfig& loaded, const Invocation& given, const Deed& deed,
              const std::function<Result<std::string>(catalog::Transaction&, const catalog::UserRow&)>& work) {
    const std::string named = named_user(given);
    if (named.empty())
        return 2;
    return in_catalog(loaded.config, deed, [&](catalog::Transaction& transaction, Deed& done) -> Result<std::string> {
        TRY(const auto user, domain::require_user(transaction, named));
        done.targets = {user.id.str()};
        return work(transaction, user);
    });
}

int run_disable(const LoadedConfig& loaded, const Invocation& given) {
    return with_user(loaded, given, {"user.disable"},
                     [&](catalog::Transaction& transaction, catalog::UserRow user) -> Result<std::string> {
                         CHECK_OK(domain::disable_user(transaction, user, now()));
                         user.disabled_at = now();
                         return output_of(given) == Output::Json
                                    ? line(user_json(user))
                                    : fmt::format("{} may not sign in any more; all sessions have ended\n", user.email);
                     });
}

int run_enable(const LoadedConfig& loaded, const Invocation& given) {
    return with_user(loaded, given, {"user.enable"},
                     [&](catalog::Transaction& transaction, catalog::UserRow user) -> Result<std::string> {
                         CHECK_OK(domain::enable_user(transaction, user, now()));
                         user.disabled_at.reset();
                         return output_of(given) == Output::Json ? line(user_json(user))
                                                                 : fmt::format("{} may sign in\n", user.email);
                     });
}

/// Keys belong to organizations and stay when their maker goes: whoever lets him go shall know of them.
std::string deleted_text(const catalog::UserRow& user, const std::vector<std::string>& keys) {
    std::string out = fmt::format("{} is deleted; what the user made stays with its project\n", user.email);
    if (!keys.empty())
        out += fmt::format("API keys that the user made still work: {}. landfall key revoke ends them\n",
                           fmt::join(keys, ", "));
    return out;
}

Result<std::string> delete_one(catalog::Transaction& transaction, const catalog::UserRow& user, Output output) {
    TRY(const auto keys, catalog::list_live_keys_of(transaction, user.id, now()));
    CHECK_OK(domain::delete_user(transaction, user, now()));
    std::vector<std::string> ids;
    for (const auto& key : keys)
        ids.push_back(key.id.str());
    return output == Output::Text
               ? deleted_text(user, ids)
               : line(Json::object({{"id", user.id.str()}, {"deleted", true}, {"api_keys", Json::array_of(ids)}}));
}

int run_delete(const LoadedConfig& loaded, const Invocation& given) {
    const std::string named = named_user(given);
    if (named.empty())
        return 2;
    if (!given.input["yes"].as_bool() && cli::can_ask() &&
        !cli::agrees(fmt::format("{} will be deleted for good. Go on?", named))) {
        put(stderr, "landfall: nothing was done\n");
        return 1;
    }
    return with_user(loaded, given, {"user.delete", admission::SideEffect::Destructive},
                     [&](catalog::Transaction& transaction, const catalog::UserRow& user) {
                         return delete_one(transaction, user, output_of(given));
                     });
}

int run_password_link(const LoadedConfig& loaded, const Invocation& given) {
    const std::string origin =
        loaded.config.public_url.empty() ? "http://" + loaded.config.listen : loaded.config.public_url;
    return with_user(loaded, given, {"user.password_link", admission::SideEffect::ShareExport},
                     [&](catalog::Transaction& transaction, const catalog::UserRow& user) -> Result<std::string> {
                         TRY(const auto made, domain::make_password_link(transaction, user, now()));
                         const std::string url = domain::password_url(origin, made.secret);
                         const std::string until = format_rfc3339(made.expires_at);
                         return output_of(given) == Output::Json
                                    ? line(Json::object({{"url", url}, {"expires_at", until}}))
                                    : fmt::format("{}\nGood once, until {}\n", url, until);
                     });
}

int run_password(const LoadedConfig& loaded, const Invocation& given) {
    if (given.input["link"].as_bool())
        return run_password_link(loaded, given);
    const auto password = password_of(given);
    if (!password)
        return usage_error(password.error().message);
    const auto hash = auth::hash_password(*password);
    if (!hash)
        return report_failure(hash.error());
    return with_user(loaded, given, {"user.password"},
                     [&](catalog::Transaction& transaction, const catalog::UserRow& user) -> Result<std::string> {
                         CHECK_OK(domain::set_password(transaction, user, *hash, now()));
                         return output_of(given) == Output::Json
                                    ? line(user_json(user))
                                    : fmt::format("The password of {} is changed; all sessions have ended\n",
                                                  user.email);
                     });
}

/// A command about one user.
Row user_row(std::string word, std::string summary, std::vector<Flag> flags,
             std::function<int(const LoadedConfig&, const Invocation&)> run) {
    flags.insert(flags.begin(), text_flag("email", "Of the user, in the place of USER"));
    return {.words = {"user", std::move(word)},
            .summary = std::move(summary),
            .flags = std::move(flags),
            .operand = "USER",
            .wanted = "Name one user, by id or email",
            .operand_is_optional = true,
            .json = true,
            .run = std::move(run)};
}

std::vector<Flag> with_password_flags(std::vector<Flag> flags) {
    std::ranges::copy(password_flags(), std::back_inserter(flags));
    return flags;
}

} // namespace

std::vector<Row> user_rows() {
    return {{.words = {"user", "create"},
             .summary = "Create a user",
             .flags = with_password_flags({required(text_flag("email", "To sign in with")),
                                           text_flag("name", "If absent, what precedes the @"),
                                           text_flag("organization", "Id or slug to join"), organization_role_flag()}),
             .json = true,
             .run = run_create},
            {.words = {"user", "list"}, .summary = "List users", .json = true, .run = run_list},
            user_row("disable", "Keep a user from signing in, and end all sessions", {}, run_disable),
            user_row("enable", "Let a disabled user sign in again", {}, run_enable),
            user_row("delete", "Delete a user; what the user made stays with its project",
                     {cli::make_flag("yes", FlagType::Boolean, "Ask nothing")}, run_delete),
            user_row("password", "Give a user another password, or make a link that lets the user choose one",
                     with_password_flags({cli::make_flag("link", FlagType::Boolean,
                                                         "Print a link, good once within a day, that lets the user "
                                                         "choose a password")}),
                     run_password)};
}

} // namespace landfall::app
