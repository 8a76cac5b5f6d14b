#pragma once
/// The members of a JSON object as a write takes them: typed, bounded, with the sentences that clients of swisstopo
/// know. Contract: swisstopo.md section 4.

#include "core/time.hpp"
#include "schema/json.hpp"
#include "stac/refusal.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::stac {

/// A member that was not given, was given as null, or has a value.
template<typename T>
using Given = std::optional<std::optional<T>>;

/// What was given, or nothing: for a write that replaces.
template<typename T>
std::optional<T> value_of(const Given<T>& given) {
    return given ? *given : std::nullopt;
}
/// Takes what was given over what was there: for a write that changes.
template<typename T>
void assign(std::optional<T>& target, const Given<T>& given) {
    if (given)
        target = *given;
}

/// Whether a write replaces all (PUT) or changes what it names (PATCH).
enum class Mode { Replace, Change };

struct TextRule {
    bool required = false;
    bool nullable = true;
    bool blank = false;      ///< may hold nothing but blanks
    std::size_t longest = 0; ///< characters; 0: any
    std::span<const std::string_view> one_of{};
};

class Members {
public:
    /// `object` is no object: said as a fault of its place.
    Members(const Json& object, Faults& faults, Place place = {});

    bool has(std::string_view name) const { return object_.find(name) != nullptr; }
    const Json& raw(std::string_view name) const { return object_[name]; }
    Place place_of(std::string_view name) const;

    Given<std::string> text(std::string_view name, const TextRule& rule = {});
    Given<std::int64_t> integer(std::string_view name);
    Given<double> number(std::string_view name);
    Given<bool> boolean(std::string_view name);
    Given<Timestamp> time(std::string_view name);
    /// A list of texts of at most so many characters, each one of `one_of` if that names any.
    Given<std::vector<std::string>> texts(std::string_view name, const TextRule& each);
    /// Says that a member is missing or null, if it is.
    bool require(std::string_view name);
    void fault(std::string_view name, std::string sentence) { faults_.add(place_of(name), std::move(sentence)); }

private:
    const Json* value_of(std::string_view name, bool required, bool nullable, bool& is_null);

    const Json& object_;
    Faults& faults_;
    Place place_;
};

/// Says of each member of the body that it is read-only, or unknown, unless it is writable.
void check_names(const Json& body, Faults& faults, std::span<const std::string_view> writable,
                 std::span<const std::string_view> read_only);

/// How many characters a text has.
std::size_t character_count(std::string_view utf8);
/// `value` as messages repeat it, at a bounded length.
std::string quoted(std::string_view value);
/// Whether it is an http or https URL of at most `longest` characters.
bool is_url(std::string_view text, std::size_t longest = 2048);
/// A text that a date-time must be.
std::optional<Timestamp> read_time(std::string_view text);

} // namespace landfall::stac
