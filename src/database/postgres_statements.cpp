#include "database/postgres_statements.hpp"

#include <fmt/format.h>

namespace landfall::database {
namespace {

constexpr TypeOid kInferred = 0;
constexpr TypeOid kBytea = 17;
constexpr TypeOid kInt8 = 20;
constexpr TypeOid kText = 25;
constexpr TypeOid kFloat8 = 701;
constexpr std::string_view kKinds = "nirtb"; // in the order of Value's alternatives

TypeOid type_of_null(Typing typing) {
    switch (typing) {
    case Typing::NullAsText:
        return kText;
    case Typing::NullAsInteger:
        return kInt8;
    case Typing::NullAsReal:
        return kFloat8;
    default:
        return kInferred;
    }
}

TypeOid type_of(char kind, Typing typing) {
    switch (kind) {
    case 'i':
        return typing == Typing::AllInferred ? kInferred : kInt8;
    case 'r':
        return kFloat8;
    case 't':
        return typing == Typing::Inferred || typing == Typing::AllInferred ? kInferred : kText;
    case 'b':
        return kBytea;
    default:
        return type_of_null(typing);
    }
}

// What was prepared for a NULL was typed by guess and serves NULLs only.
bool takes(const PostgresStatement& statement, std::string_view kinds) {
    if (statement.kinds.size() != kinds.size())
        return false;
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i] != 'n' && kinds[i] != statement.kinds[i])
            return false;
    return true;
}

} // namespace

std::string kinds_of(const std::vector<Value>& parameters) {
    std::string kinds;
    kinds.reserve(parameters.size());
    for (const Value& value : parameters)
        kinds += kKinds[value.index()];
    return kinds;
}

std::vector<TypeOid> types_of(const std::vector<Value>& parameters, Typing typing) {
    std::vector<TypeOid> types;
    types.reserve(parameters.size());
    for (const char kind : kinds_of(parameters))
        types.push_back(type_of(kind, typing));
    return types;
}

bool is_typing_failure(std::string_view state) {
    return state == "42P18" || state == "42P08" || state == "42725" || state == "42883" || state == "42804" ||
           state == "42846";
}

PostgresStatements::Entry& PostgresStatements::entry(std::string_view sql) {
    if (const auto known = by_sql_.find(sql); known != by_sql_.end()) {
        entries_.splice(entries_.begin(), entries_, known->second);
        return entries_.front();
    }
    entries_.push_front({std::string(sql), to_postgres(sql), {}});
    by_sql_.emplace(entries_.front().sql, entries_.begin());
    evict();
    return entries_.front();
}

const PostgresSql& PostgresStatements::text_of(std::string_view sql) {
    return entry(sql).text;
}

const PostgresStatement* PostgresStatements::find(std::string_view sql, const std::vector<Value>& parameters) {
    const std::string kinds = kinds_of(parameters);
    for (const PostgresStatement& statement : entry(sql).variants)
        if (takes(statement, kinds))
            return &statement;
    return nullptr;
}

std::string PostgresStatements::new_name() {
    return fmt::format("s{}", ++names_);
}

const PostgresStatement& PostgresStatements::add(std::string_view sql, PostgresStatement statement) {
    Entry& owner = entry(sql);
    owner.variants.push_back(std::move(statement));
    ++size_;
    evict();
    return owner.variants.back();
}

// Whole texts go, never the one in use, which stands first; each text has a handful of variants at most.
void PostgresStatements::evict() {
    while ((size_ > capacity_ || entries_.size() > capacity_) && entries_.size() > 1) {
        Entry& oldest = entries_.back();
        for (PostgresStatement& statement : oldest.variants)
            dropped_.push_back(std::move(statement.name));
        size_ -= oldest.variants.size();
        by_sql_.erase(oldest.sql);
        entries_.pop_back();
    }
}

std::vector<std::string> PostgresStatements::take_dropped() {
    return std::exchange(dropped_, {});
}

} // namespace landfall::database
