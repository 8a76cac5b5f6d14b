#include "database/postgres_sql.hpp"

#include <algorithm>

namespace landfall::database {
namespace {

constexpr int kHighestParameter = 65'535;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_name(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::size_t or_end(std::string_view sql, std::size_t at, std::size_t length) {
    return at == std::string_view::npos ? sql.size() : at + length;
}

// A doubled quote reads as two literals side by side, which comes to the same.
std::size_t after_quoted(std::string_view sql, std::size_t at) {
    const char quote = sql[at];
    const bool escapes =
        quote == '\'' && at > 0 && (sql[at - 1] == 'E' || sql[at - 1] == 'e') && (at == 1 || !is_name(sql[at - 2]));
    for (++at; at < sql.size(); ++at) {
        if (escapes && sql[at] == '\\')
            ++at;
        else if (sql[at] == quote)
            return at + 1;
    }
    return sql.size();
}

std::size_t after_block_comment(std::string_view sql, std::size_t at) {
    int depth = 0;
    while (at < sql.size()) {
        const std::string_view two = sql.substr(at, 2);
        if (two == "/*")
            ++depth;
        else if (two == "*/")
            --depth;
        at += two == "/*" || two == "*/" ? 2 : 1;
        if (depth == 0)
            return at;
    }
    return sql.size();
}

std::size_t after_dollar_quoted(std::string_view sql, std::size_t at) {
    if (at > 0 && is_name(sql[at - 1]))
        return at + 1;
    std::size_t end = at + 1;
    while (end < sql.size() && is_name(sql[end]))
        ++end;
    if (end >= sql.size() || sql[end] != '$' || (end > at + 1 && is_digit(sql[at + 1])))
        return at + 1;
    const std::string_view tag = sql.substr(at, end + 1 - at);
    return or_end(sql, sql.find(tag, end + 1), tag.size());
}

/// Where the literal, name or comment that begins at `at` ends; `at` itself if none begins there.
std::size_t after_verbatim(std::string_view sql, std::size_t at) {
    switch (sql[at]) {
    case '\'':
    case '"':
        return after_quoted(sql, at);
    case '$':
        return after_dollar_quoted(sql, at);
    case '-':
        return sql.substr(at, 2) == "--" ? or_end(sql, sql.find('\n', at), 1) : at;
    case '/':
        return sql.substr(at, 2) == "/*" ? after_block_comment(sql, at) : at;
    default:
        return at;
    }
}

} // namespace

PostgresSql to_postgres(std::string_view sql) {
    PostgresSql out;
    out.text.reserve(sql.size());
    for (std::size_t at = 0; at < sql.size();) {
        if (const std::size_t end = after_verbatim(sql, at); end > at) {
            out.text += sql.substr(at, end - at);
            at = end;
            continue;
        }
        if (sql[at] != '?' || at + 1 == sql.size() || !is_digit(sql[at + 1])) {
            out.text += sql[at++];
            continue;
        }
        out.text += '$';
        int number = 0;
        for (++at; at < sql.size() && is_digit(sql[at]); ++at) {
            number = std::min(number * 10 + (sql[at] - '0'), kHighestParameter);
            out.text += sql[at];
        }
        out.parameters = std::max(out.parameters, number);
    }
    return out;
}

} // namespace landfall::database
