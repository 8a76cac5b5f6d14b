#include "admission/act.hpp"

namespace landfall::admission {

std::string_view side_effect_name(SideEffect effect) {
    switch (effect) {
    case SideEffect::Read:
        return "read";
    case SideEffect::Compute:
        return "compute";
    case SideEffect::ExternalSpend:
        return "external_spend";
    case SideEffect::ShareExport:
        return "share_export";
    case SideEffect::Destructive:
        return "destructive";
    }
    return "read";
}

} // namespace landfall::admission
