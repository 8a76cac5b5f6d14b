#include "app/admin.hpp"

#include "app/catalog_command.hpp"
#include "app/store.hpp"
#include "auth/secrets.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "core/text.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "domain/tenancy/organizations.hpp"
#include "domain/upkeep/identity.hpp"
#include "domain/upkeep/sweep.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

std::string init_text(const domain::Bootstrapped& done) {
    std::string out = fmt::format("organization  {}\nproject       {}\nSTAC project  {}\nuser          {}  ({})\n",
                                  done.organization_id.str(), done.project_id.str(), done.stac_project_id.str(),
                                  done.user_id.str(), done.email);
    out += done.api_key ? fmt::format("api key       {}\n", *done.api_key)
                        : std::string("api key       (there is one already; make another with landfall key create)\n");
    return out;
}

Json init_json(const domain::Bootstrapped& done, const std::string& password) {
    Json out = Json::object({{"organization_id", done.organization_id.str()},
                             {"project_id", done.project_id.str()},
                             {"stac_project_id", done.stac_project_id.str()},
                             {"user_id", done.user_id.str()},
                             {"stac_user", done.email}});
    if (done.api_key)
        out.set("api_key", *done.api_key);
    if (done.user_created)
        out.set("stac_password", password);
    return out;
}

std::string sweep_json(const domain::SweepReport& report) {
    return line(Json::object({{"sessions_ended", report.sessions_ended},
                              {"items_purged", report.items_purged},
                              {"objects_removed", report.objects_removed},
                              {"job_blobs_released", report.job_blobs_released},
                              {"orphans_removed", report.orphans_removed},
                              {"orphans_held", report.orphans_held},
                              {"part_uploads_aborted", report.part_uploads_aborted},
                              {"removal_held", report.removal_held},
                              {"bytes_freed", report.bytes_freed},
                              {"records_purged", report.records_purged}}));
}

std::string sweep_text(const domain::SweepReport& report) {
    return fmt::format("ended {} idle sessions and {} uploads of parts, purged {} deleted items, removed {} released "
                       "objects, {} blobs of ended jobs and {} orphans: {} bytes freed{}\n",
                       report.sessions_ended, report.part_uploads_aborted, report.items_purged, report.objects_removed,
                       report.job_blobs_released, report.orphans_removed, report.bytes_freed,
                       report.removal_held ? "; released objects wait for a backup" : "");
}

} // namespace

int init(const Config& config, const InitRequest& request, Output output) {
    if (request.create_bucket)
        if (const auto made = create_bucket(config); !made)
            return report_failure(made.error());
    const std::string password = request.password.value_or(to_base64url(random_bytes(12)));
    const auto hash = auth::hash_password(password);
    if (!hash)
        return report_failure(hash.error());
    const auto work = [&](database::Session& session, Deed& deed) -> Result<std::string> {
        TRY(const auto done,
            domain::bootstrap(session, {request.organization, request.project, request.email, *hash}, now()));
        deed.organization = done.organization_id;
        deed.targets = {done.organization_id.str(), done.project_id.str(), done.user_id.str()};
        return output == Output::Json ? line(init_json(done, password)) : init_text(done);
    };
    return in_catalog(config, {.command = "init", .adds_only = true}, work, DataFolder::MayBegin);
}

int create_key(const Config& config, const KeyRequest& request, Output output) {
    return in_catalog(config,
                      {.command = "key.create", .effect = admission::SideEffect::ShareExport, .adds_only = true},
                      [&](database::Session& session, Deed& deed) -> Result<std::string> {
                          TRY(const auto organization, find_organization(session, request.organization));
                          CHECK_OK(domain::check_name("name", request.name));
                          domain::NewApiKey key;
                          key.name = request.name;
                          key.scopes = request.scopes.empty() ? auth::default_scopes() : request.scopes;
                          // A key acts for its maker where a person is needed, e.g. as the owner of what it creates.
                          TRY(const auto owner, catalog::find_owner(session, organization.id));
                          if (owner)
                              key.created_by = owner->id;
                          TRY(const auto minted, domain::create_api_key(session, organization.id, key, now()));
                          deed.organization = organization.id;
                          deed.targets = {minted.row.id.str()};
                          if (output == Output::Text)
                              return fmt::format("{}  {}\n", minted.row.id.str(), minted.secret);
                          return line(Json::object({{"id", minted.row.id.str()},
                                                    {"key", minted.secret},
                                                    {"prefix", minted.row.prefix},
                                                    {"name", minted.row.name},
                                                    {"permissions", Json::array_of(key.scopes)}}));
                      });
}

int list_keys(const Config& config, const std::string& organization, Output output) {
    return in_catalog(config, {"key.list", admission::SideEffect::Read},
                      [&](database::Session& session, Deed& deed) -> Result<std::string> {
                          TRY(const auto row, find_organization(session, organization));
                          TRY(const auto keys, catalog::list_api_keys(session, row.id));
                          deed.organization = row.id;
                          std::string out;
                          for (const auto& key : keys) {
                              if (output == Output::Text)
                                  out += fmt::format("{}  {}…  {}{}\n", key.id.str(), key.prefix, key.name,
                                                     key.revoked_at ? "  (revoked)" : "");
                              else
                                  out += line(Json::object({{"id", key.id.str()},
                                                            {"prefix", key.prefix},
                                                            {"name", key.name},
                                                            {"revoked", key.revoked_at.has_value()}}));
                          }
                          return out;
                      });
}

int revoke_key(const Config& config, const std::string& key_id) {
    return in_catalog(config, {"key.revoke", admission::SideEffect::Destructive},
                      [&](catalog::Transaction& transaction, Deed& deed) -> Result<std::string> {
                          TRY(const auto organizations, catalog::list_organizations(transaction));
                          for (const auto& organization : organizations) {
                              TRY(const bool revoked,
                                  catalog::revoke_api_key(transaction, organization.id, ApiKeyId(key_id), now()));
                              if (revoked) {
                                  transaction.changes(organization.id);
                                  deed.organization = organization.id;
                                  deed.targets = {key_id};
                                  return fmt::format("{} is revoked\n", key_id);
                              }
                          }
                          return fail(Code::NotFound, fmt::format("There is no live API key '{}'", key_id));
                      });
}

int sweep(const Config& config, const SweepRequest& request, Output output) {
    auto stores = open_stores(config, DataFolder::MustExist);
    if (!stores)
        return report_failure(stores.error());
    const SystemClock clock;
    domain::SweepOptions options;
    options.limits = config.limits;
    options.any_number_of_orphans = request.yes;
    options.orphan_grace = request.grace;
    options.grace = request.grace.value_or(options.grace);
    const auto report = domain::sweep({*stores->database, *stores->transactor, *stores->store}, clock, options);
    if (!report)
        return report_failure(report.error());
    record(*stores, {"sweep", admission::SideEffect::Destructive}, clock.now());
    put(stdout, output == Output::Json ? sweep_json(*report) : sweep_text(*report));
    if (report->orphans_held == 0)
        return 0;
    return report_failure(Error(Code::Conflict, held_orphans(report->orphans_held)));
}

int adopt_store(const Config& config) {
    auto stores = open_stores(config, DataFolder::MustExist, StoreIdentity::Leave);
    if (!stores)
        return report_failure(stores.error());
    const auto adopted = domain::adopt_store(*stores->transactor, *stores->store, now());
    if (!adopted)
        return report_failure(adopted.error());
    record(*stores, {"storage.adopt"}, now());
    put(stdout, "The catalog is that of the object store in {}/objects\n", config.data);
    return 0;
}

} // namespace landfall::app
