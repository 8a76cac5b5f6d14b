#include "core/result.hpp"

namespace landfall {

std::string_view code_name(Code code) {
    switch (code) {
    case Code::InvalidArgument:
        return "invalid_argument";
    case Code::BadRequest:
        return "malformed_request";
    case Code::Unauthenticated:
        return "unauthenticated";
    case Code::PermissionDenied:
        return "permission_denied";
    case Code::NotFound:
        return "not_found";
    case Code::Conflict:
        return "conflict";
    case Code::Gone:
        return "gone";
    case Code::PaymentRequired:
        return "payment_required";
    case Code::Aborted:
        return "aborted";
    case Code::PreconditionFailed:
        return "precondition_failed";
    case Code::PayloadTooLarge:
        return "payload_too_large";
    case Code::ResourceExhausted:
        return "resource_exhausted";
    case Code::Canceled:
        return "canceled";
    case Code::DeadlineExceeded:
        return "deadline_exceeded";
    case Code::Unavailable:
        return "unavailable";
    case Code::Unsupported:
        return "unsupported";
    case Code::Internal:
        return "internal";
    }
    return "internal";
}

} // namespace landfall
