#pragma once
/// What a caller wants to do, as far as admission and execution need to know it. An operation has one by its
/// declaration; a face without operations makes its own.

#include <string_view>

namespace landfall::admission {

/// Tiers of consequence, published as `x-side-effect`. Contract: geopera.md section 4.
enum class SideEffect { Read, Compute, ExternalSpend, ShareExport, Destructive };
std::string_view side_effect_name(SideEffect effect);

/// Which rate window a call counts in. Contract: geopera.md section 6.1. Uncounted: bytes on their way, which other
/// limits hold.
enum class RateClass { Operations, Tiles, Uncounted };

/// Text members must be literals.
struct Act {
    std::string_view id;    ///< names the act in audit, logs and metrics; idempotency keys count per id
    std::string_view scope; ///< exactly one `resource:action`; empty of a public act that asks for none
    SideEffect side_effect = SideEffect::Read;
    RateClass rate = RateClass::Operations;
    bool is_public = false; ///< may be done without a credential, by an anonymous caller
};

} // namespace landfall::admission
