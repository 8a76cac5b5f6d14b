#pragma once
/// How the STAC face refuses: `{code, description}`, whose description has one of three shapes. Contract: swisstopo.md
/// section 4.

#include "core/result.hpp"
#include "http/message/message.hpp"
#include "schema/json.hpp"

#include <string>
#include <vector>

namespace landfall::stac {

/// Where in a body a fault lies, from outside inwards.
using Place = std::vector<std::string>;
/// Part of a place: an entry of an array, shown as one among empty ones.
std::string place_in_array(std::size_t index);

/// What is wrong with a body, all of it, by member.
class Faults {
public:
    /// The description nests as the body does and ends in an array of sentences.
    void add(Place place, std::string sentence);
    /// The same, ending in one sentence: where the contract has it so.
    void say(Place place, std::string sentence);
    bool any() const { return !error_.fields.empty(); }
    bool has(const Place& place) const;
    /// InvalidArgument if there is any.
    Status status() const;

private:
    Error error_{Code::InvalidArgument, "The body is not valid"};
};

inline constexpr const char* kNonField = "non_field_errors"; ///< of rules over several members

/// 400 whose description is one sentence.
tl::unexpected<Error> refuse(std::string sentence);
/// 400 whose description is an array of it.
tl::unexpected<Error> refuse_listed(std::string sentence);
/// 400 of one member.
tl::unexpected<Error> refuse_field(std::string member, std::string sentence);
/// 404; without a sentence the usual one.
tl::unexpected<Error> not_found();
tl::unexpected<Error> not_found(std::string sentence);
/// 409.
tl::unexpected<Error> conflict(std::string sentence);
/// 405.
tl::unexpected<Error> method_not_allowed(const std::string& method);
/// 415.
tl::unexpected<Error> unsupported_media_type(std::string_view media_type);
/// 501.
tl::unexpected<Error> not_implemented(std::string sentence);

/// The status by which the face answers a failure.
int status_of(const Error& error);
/// What the face says of it.
Json description_of(const Error& error);

/// The answer to a failure. 412 has no body.
http::Response refusal(const http::Request& request, const Error& error);
/// The server's own refusals in the shape of this face.
http::Response refuse_as_stac(const http::Request& request, int status, const std::string& detail);

} // namespace landfall::stac
