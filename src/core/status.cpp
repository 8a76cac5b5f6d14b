#include "core/status.hpp"

namespace landfall {

int http_status(Code code) {
    switch (code) {
    case Code::InvalidArgument:
        return 422;
    case Code::BadRequest:
        return 400;
    case Code::Unauthenticated:
        return 401;
    case Code::PermissionDenied:
        return 403;
    case Code::NotFound:
        return 404;
    case Code::Conflict:
        return 409;
    case Code::Gone:
        return 410;
    case Code::PaymentRequired:
        return 402;
    case Code::Aborted:
        return 409;
    case Code::PreconditionFailed:
        return 412;
    case Code::PayloadTooLarge:
        return 413;
    case Code::ResourceExhausted:
        return 429;
    case Code::Canceled:
        return 503;
    case Code::DeadlineExceeded:
        return 504;
    case Code::Unavailable:
        return 503;
    case Code::Unsupported:
        return 415;
    case Code::Internal:
        return 500;
    }
    return 500;
}

int http_status_of_outcome(std::string_view name) {
    for (int code = 0; code <= static_cast<int>(Code::Internal); ++code)
        if (code_name(static_cast<Code>(code)) == name)
            return http_status(static_cast<Code>(code));
    return 200;
}

} // namespace landfall
