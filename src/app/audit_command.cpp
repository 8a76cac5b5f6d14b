#include "app/audit_command.hpp"

#include "app/catalog_command.hpp"
#include "catalog/ledger/audit_list.hpp"
#include "domain/ledger/audit_record.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

using cli::Invocation;

constexpr std::int64_t kPage = 1000;

std::string as_text(const domain::AuditRecord& record) {
    return fmt::format("{}  {:3}  {}{}  {} {}  {}  {}\n", format_rfc3339(record.at), record.status, record.operation,
                       record.count > 1 ? fmt::format(" x{}", record.count) : "", record.principal_type,
                       record.principal_id, record.ip, record.targets.text);
}

} // namespace

int print_audit(const Config& config, const AuditRequest& request, Output output) {
    catalog::AuditQuery query;
    query.limit = kPage;
    query.operation = request.operation.value_or("");
    query.principal = request.principal.value_or("");
    if (request.since) {
        const auto since = parse_rfc3339(*request.since);
        if (!since) {
            put(stderr, "landfall: --since: {}\n", since.error().message);
            return 2;
        }
        query.since = *since;
    }
    const auto stores = open_stores(config, DataFolder::MustExist);
    if (!stores)
        return report_failure(stores.error());
    const Timestamp began = now();
    Timestamp after{};
    AuditId after_id;
    for (std::int64_t found = kPage; found == kPage;) {
        const auto rows = stores->database->read_for(
            [&](database::Session& session) { return catalog::read_audit_on(session, query, after, after_id); });
        if (!rows)
            return report_failure(rows.error());
        for (const auto& row : *rows) {
            const auto record = domain::audit_record(row);
            put(stdout, output == Output::Json ? schema::to_json_text(record) + "\n" : as_text(record));
            after = row.at;
            after_id = row.id;
        }
        found = std::ssize(*rows);
    }
    record(*stores, {"audit", admission::SideEffect::Read}, began);
    return 0;
}

std::vector<Row> audit_rows() {
    return {{.words = {"audit"},
             .summary = "Print the audit log of all organizations, oldest first",
             .flags = {text_flag("since", "What was done from this time on, RFC 3339"),
                       text_flag("operation", "Only this one, e.g. items.delete, command.key.create"),
                       text_flag("principal", "Only of this user or API key, by id")},
             .json = true,
             .run = [](const LoadedConfig& loaded, const Invocation& given) {
                 return print_audit(loaded.config,
                                    {text_of(given, "since"), text_of(given, "operation"), text_of(given, "principal")},
                                    output_of(given));
             }}};
}

} // namespace landfall::app
