#pragma once
/// How one operation is declared: a constant spec. See `registry.hpp` for joining it to its function.

#include "core/result.hpp"

#include <cstdint>
#include <string_view>

namespace landfall::operations {

/// Tiers of consequence, published as `x-side-effect`. Contract: geopera.md section 4.
enum class SideEffect { Read, Compute, ExternalSpend, ShareExport, Destructive };
std::string_view side_effect_name(SideEffect effect);

/// Which rate window a call counts in. Contract: geopera.md section 6.1.
enum class RateClass { Operations, Tiles };

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
    bool raw_response = false;                        ///< answers other bytes than JSON
    std::string_view media_type = "application/json"; ///< of the success answer; of a raw one, by default
    std::string_view produces{};                      ///< artifact kind whose lineage must be recorded, or empty
    RateClass rate = RateClass::Operations;
    std::int64_t body_limit = 0; ///< bytes; 0: the setting
};

} // namespace landfall::operations

namespace landfall {
constexpr operations::CodeSet operator|(Code a, Code b) {
    return operations::CodeSet(a) | operations::CodeSet(b);
}
} // namespace landfall
