#pragma once
/// What a caller wants to do, as far as admission and execution need to know it. An operation has one by its
/// declaration; a face without operations makes its own.

#include <string_view>

namespace landfall::admission {

/// Tiers of consequence, published as `x-side-effect`. Contract: geopera.md section 4.
enum class SideEffect { Read, Compute, ExternalSpend, ShareExport, Destructive };
std::string_view side_effect_name(SideEffect effect);

/// Which rate window a call counts in. Contract: geopera.md section 6.1.
enum class RateClass { Operations, Tiles };

/// Text members must be literals.
struct Act {
    std::string_view id;    ///< names the act in audit, logs and metrics; idempotency keys count per id
    std::string_view scope; ///< exactly one `resource:action`; empty: any known caller may
    SideEffect side_effect = SideEffect::Read;
    RateClass rate = RateClass::Operations;
};

} // namespace landfall::admission
