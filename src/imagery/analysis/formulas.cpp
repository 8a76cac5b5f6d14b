#include "imagery/analysis/formulas.hpp"

#include "core/text.hpp"
#include "imagery/analysis/sensors.hpp"
#include "imagery/band_roles.hpp"
#include "imagery/expression.hpp"

#include <algorithm>
#include <charconv>

namespace landfall::imagery {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Behind the word or the number that begins at `at`.
std::size_t end_of_token(std::string_view text, std::size_t at) {
    if (is_digit(text[at])) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
        return std::max(at + 1, static_cast<std::size_t>(end - text.data()));
    }
    while (at < text.size() && (is_letter(text[at]) || is_digit(text[at])))
        ++at;
    return at;
}

} // namespace

std::string spelled_band(std::string_view name) {
    std::string role = canonical_role(name);
    if (!is_role(role))
        return std::string(name);
    for (char& c : role)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return role;
}

std::vector<std::string> bands_named(std::string_view formula) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < formula.size();) {
        if (!is_letter(formula[at]) && !is_digit(formula[at])) {
            ++at;
            continue;
        }
        const std::size_t end = end_of_token(formula, at);
        const std::size_t next = formula.find_first_not_of(" \t\r\n", end);
        const bool called = next != std::string_view::npos && formula[next] == '(';
        if (is_letter(formula[at]) && !called)
            if (const std::string name = spelled_band(formula.substr(at, end - at));
                std::ranges::find(names, name) == names.end())
                names.push_back(name);
        at = end;
    }
    return names;
}

Status check_formula(std::string_view formula, const BandNames& names) {
    auto compiled = Expression::compile(formula, names);
    if (compiled)
        return {};
    Error error = std::move(compiled).error();
    for (FieldError& fault : error.fields)
        fault.path = {"formula"};
    return fail(std::move(error));
}

std::vector<std::string> sensors_for(std::string_view formula) {
    const auto names = bands_named(formula);
    std::vector<std::string> fitting;
    for (const Sensor& sensor : sensors())
        if (std::ranges::all_of(names, [&](const std::string& name) { return sensor.has(canonical_role(name)); }))
            fitting.emplace_back(sensor.id);
    return fitting;
}

} // namespace landfall::imagery
