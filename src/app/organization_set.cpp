#include "app/organization_set.hpp"

#include "app/catalog_command.hpp"
#include "catalog/items/item_lifecycle.hpp"
#include "core/byte_size.hpp"
#include "core/numbers.hpp"
#include "core/text.hpp"
#include "domain/upkeep/retention_change.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

using catalog::OrganizationRow;
using cli::Flag;
using cli::Invocation;

constexpr std::int64_t kMostDays = 10; ///< shown of those on which items end

/// A number from 0, or nothing for the word that means that there is none.
Result<std::optional<std::int64_t>> number_or(const std::string& text, std::string_view none,
                                              const std::optional<std::int64_t>& number, std::string_view what) {
    if (text == none)
        return std::optional<std::int64_t>();
    if (number && *number >= 0)
        return number;
    return fail(Code::InvalidArgument, fmt::format("'{}' is no {}; use a number or {}", text, what, none));
}

Result<bool> is_past_due(const std::string& standing) {
    if (standing == "past_due" || standing == "past-due")
        return true;
    if (standing == "good")
        return false;
    return fail(Code::InvalidArgument, fmt::format("'{}' is no standing; use good or past_due", standing));
}

/// An organization as an operator sets it.
struct Terms {
    OrganizationRow row;
    catalog::SubscriptionRow subscription;

    domain::Retention retention() const { return {subscription.plan, row.retention_days}; }
};

Status apply(const OrganizationChanges& changes, Terms& terms) {
    OrganizationRow& row = terms.row;
    if (changes.quota) {
        TRY(row.quota_bytes, number_or(*changes.quota, "unlimited", parse_byte_size(*changes.quota), "amount"));
    }
    if (changes.credits) {
        TRY(terms.subscription.credits_limit,
            number_or(*changes.credits, "unlimited", number_in<std::int64_t>(*changes.credits), "amount"));
    }
    if (changes.standing) {
        TRY(row.past_due, is_past_due(*changes.standing));
    }
    domain::Retention retention = terms.retention();
    if (changes.plan) {
        const auto plan = schema::enum_value<catalog::Plan>(*changes.plan);
        if (!plan)
            return fail(Code::InvalidArgument, fmt::format("'{}' is no plan; use free or paid", *changes.plan));
        retention.plan = *plan;
    }
    if (changes.retention_days) {
        TRY(retention.days, number_or(*changes.retention_days, "off", number_in<std::int64_t>(*changes.retention_days),
                                      "number of days"));
    }
    CHECK_OK(domain::set_retention(row, terms.subscription, retention, now()));
    row.updated_at = now();
    return {};
}

std::string date_of(Timestamp at) {
    return format_rfc3339(at).substr(0, 10);
}

std::string amount(const std::optional<std::int64_t>& value, std::string_view none, std::string_view unit) {
    return value ? fmt::format("{}{}", *value, unit) : std::string(none);
}

std::string as_text(const Terms& terms, const std::vector<catalog::EndingCount>& ending) {
    const auto& [row, subscription] = terms;
    std::string out = fmt::format(
        "organization  {}  ({})\nplan          {}\nstanding      {}\nquota         {}\ncredits       {}\n"
        "retention     {}\n",
        row.id.str(), row.name, schema::enum_text(subscription.plan),
        row.past_due ? "past_due: downloads answer 402" : "good", amount(row.quota_bytes, "unlimited", " bytes"),
        amount(subscription.credits_limit, "unlimited", ""), amount(row.retention_days, "off", " days"));
    const std::string_view verb = subscription.plan == catalog::Plan::Free ? "expire" : "are archived";
    for (const auto& day : std::span(ending).first(std::min<std::size_t>(ending.size(), kMostDays)))
        out += fmt::format("{} item(s) {} on {}\n", day.items, verb, date_of(day.day));
    std::int64_t later = 0;
    for (const auto& day : std::span(ending).subspan(std::min<std::size_t>(ending.size(), kMostDays)))
        later += day.items;
    if (later > 0)
        out += fmt::format("{} more until {}\n", later, date_of(ending.back().day));
    return out;
}

std::string as_json(const Terms& terms, const std::vector<catalog::EndingCount>& ending) {
    const auto& [row, subscription] = terms;
    const auto number = [](const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(); };
    Json days = Json::array();
    for (const auto& day : ending)
        days.push(Json::object({{"date", date_of(day.day)}, {"items", day.items}}));
    return line(Json::object({{"organization_id", row.id.str()},
                              {"plan", schema::enum_text(subscription.plan)},
                              {"standing", row.past_due ? "past_due" : "good"},
                              {"quota_bytes", number(row.quota_bytes)},
                              {"credits_limit", number(subscription.credits_limit)},
                              {"retention_days", number(row.retention_days)},
                              {subscription.plan == catalog::Plan::Free ? "expiring" : "archiving", std::move(days)}}));
}

/// When the retentions of an organization's items end.
Result<std::vector<catalog::EndingCount>> count_ending(const Stores& stores, const Terms& terms) {
    const auto retention = terms.retention();
    catalog::EndingItems all{terms.row.id, now() + std::chrono::days(2 * domain::kMostRetentionDays), 0,
                             2 * domain::kMostRetentionDays};
    if (retention.plan == catalog::Plan::Free)
        all.warning_us = std::chrono::microseconds(domain::warning_of(retention)).count();
    return stores.database->read_for(
        [&](database::Session& session) { return catalog::count_ending_items(session, all); });
}

} // namespace

int set_organization(const Config& config, const std::string& command, const std::string& organization,
                     const OrganizationChanges& changes, Output output) {
    const auto stores = open_stores(config, DataFolder::MustExist);
    if (!stores)
        return report_failure(stores.error());
    Terms terms;
    const int code =
        in_catalog(*stores, {command}, [&](catalog::Transaction& transaction, Deed& deed) -> Result<std::string> {
            TRY(const auto found, find_organization(transaction, organization));
            TRY(terms.subscription, catalog::lock_subscription(transaction, found.id));
            TRY(terms.row, find_organization(transaction, found.id.str()));
            CHECK_OK(apply(changes, terms));
            CHECK_OK(catalog::update_organization(transaction, terms.row));
            CHECK_OK(catalog::put_subscription(transaction, terms.subscription));
            transaction.changes(found.id);
            deed.organization = found.id;
            deed.targets = {found.id.str()};
            return std::string();
        });
    if (code != 0)
        return code;
    if (const Status followed = domain::follow_retention(*stores->transactor, SystemClock(), terms.row.id, {});
        !followed)
        return report_failure(followed.error());
    const auto ending = count_ending(*stores, terms);
    if (!ending)
        return report_failure(ending.error());
    put(stdout, output == Output::Json ? as_json(terms, *ending) : as_text(terms, *ending));
    return 0;
}

std::vector<Row> organization_set_rows() {
    return {{.words = {"organization", "set"},
             .summary = "Set an organization's quota, plan, standing and retention",
             .flags = {text_flag("quota", "Bytes that it may store, 10GiB, or unlimited"),
                       text_flag("credits", "What its jobs may spend, or unlimited"),
                       text_flag("plan", "free: items expire at the end of their retention; paid: they are archived"),
                       text_flag("standing", "good, or past_due: downloads answer 402"),
                       text_flag("retention-days", "How long items are kept, or off")},
             .operand = "ID",
             .wanted = "Name one organization, by id or slug",
             .json = true,
             .run =
                 [](const LoadedConfig& loaded, const Invocation& given) {
                     return set_organization(loaded.config, "organization.set", given.operands.front(),
                                             {text_of(given, "quota"), text_of(given, "credits"),
                                              text_of(given, "plan"), text_of(given, "standing"),
                                              text_of(given, "retention-days")},
                                             output_of(given));
                 }},
            {.words = {"quota", "set"},
             .summary = "Set an organization's storage quota",
             .flags = {organization_flag()},
             .operand = "BYTES|10GiB|unlimited",
             .wanted = "Say how much",
             .run =
                 [](const LoadedConfig& loaded, const Invocation& given) {
                     return set_organization(loaded.config, "quota.set", required_text(given, "organization"),
                                             {.quota = given.operands.front()}, Output::Text);
                 }},
            {.words = {"standing", "set"},
             .summary = "Say whether an organization's subscription is past due",
             .flags = {organization_flag()},
             .operand = "good|past_due",
             .wanted = "Name one standing",
             .run = [](const LoadedConfig& loaded, const Invocation& given) {
                 return set_organization(loaded.config, "standing.set", required_text(given, "organization"),
                                         {.standing = given.operands.front()}, Output::Text);
             }}};
}

} // namespace landfall::app
