#pragma once
/// A call as a face received it, without its content.

#include "core/conditions.hpp"
#include "core/ids.hpp"

#include <string>

namespace landfall::admission {

/// What a request carries to say who calls. Each scheme takes from it what is its own; what its face does not let count
/// is not in it.
struct Credentials {
    std::string authorization; ///< the header, or empty
    std::string api_key;       ///< the X-API-Key header, or `?key=` where the face lets it stand in; or empty
    bool in_url = false;       ///< it came as `?key=`, where logs of others and histories keep it
    std::string digest{}; ///< of the credential among them as `recognize` found it, so that it is made once; or empty
    std::string cookie{}; ///< the session of a browser, or empty
    bool takes_basic = false; ///< `Authorization: Basic` counts: not where a browser would send it unasked; and Token
    std::string address{};    ///< whence it came, for what nobody may try too often
    ItemId public_item{};     ///< that the face shows to anybody if its project is public; empty: nothing is
    OrganizationId organization{}; ///< in which a user works who shows his password; empty: his first
};

struct Request {
    Credentials credentials;
    std::string request_id;        ///< ours
    std::string client_request_id; ///< what the client calls it, or empty
    std::string origin;            ///< by which it came, or empty
    std::string remote_address;
    std::string user_agent;
    bool repeats = false; ///< a client that follows links asks again and again for the same
    Preconditions preconditions{};
};

} // namespace landfall::admission
