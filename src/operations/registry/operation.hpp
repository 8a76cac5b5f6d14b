#pragma once
/// How one operation is declared: a constant spec. See `registry.hpp` for joining it to its function.

#include "admission/act.hpp"
#include "core/result.hpp"
#include "schema/fields.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace landfall::operations {

using admission::RateClass;
using admission::SideEffect;

/// A set of codes: `Code::NotFound | Code::Conflict`.
class CodeSet {
public:
    constexpr CodeSet() = default;
    constexpr CodeSet(Code code) : bits_(1U << static_cast<unsigned>(code)) {}
    constexpr bool has(Code code) const { return (bits_ >> static_cast<unsigned>(code) & 1U) != 0; }
    friend constexpr CodeSet operator|(CodeSet a, CodeSet b) {
        CodeSet both;
        both.bits_ = a.bits_ | b.bits_;
        return both;
    }

private:
    std::uint32_t bits_ = 0;
};

/// Everything about an operation but its function. Text members must be literals.
struct OperationSpec {
    std::string_view id;    ///< `resource.verb`; also the command, the log key and the metric
    std::string_view scope; ///< exactly one `resource:action`
    SideEffect side_effect = SideEffect::Read;
    std::string_view summary; ///< one sentence
    CodeSet errors{};         ///< beyond those of every operation, which openapi.cpp lists
    bool accepts_idempotency_key = false;
    bool answer_holds_secret = false;                 ///< a stored answer is sealed for the credential that called
    bool is_public = false;                           ///< may be called without a credential
    bool is_extension = false;                        ///< beyond Geopera's contract, and published as such
    int success_status = 200;                         ///< as HTTP counts
    std::string_view media_type = "application/json"; ///< of the success answer, unless it is raw
    std::span<const std::string_view>
        raw_media_types{}; ///< of an answer that is no JSON: what it may be, default first
    RateClass rate = RateClass::Operations;
    std::int64_t body_limit = 0;                             ///< bytes; 0: the setting
    schema::Unknown unknown_fields = schema::Unknown::Noted; ///< Refused by lists and searches: a slip finds too much
    std::int64_t max_values = 500'000;                       ///< JSON values in the body: far beyond the largest item

    constexpr bool is_raw() const { return !raw_media_types.empty(); }
    constexpr std::string_view default_media_type() const { return is_raw() ? raw_media_types.front() : media_type; }
    /// What admission and execution need to know of it.
    constexpr admission::Act act() const { return {id, scope, side_effect, rate, is_public}; }
};

} // namespace landfall::operations

namespace landfall {
constexpr operations::CodeSet operator|(Code a, Code b) {
    return operations::CodeSet(a) | operations::CodeSet(b);
}
} // namespace landfall
