#pragma once
/// The links that users give collections and items. Contract: swisstopo.md section 2, "Link objects".

#include "schema/json.hpp"
#include "stac/input/members.hpp"

#include <string_view>

namespace landfall::stac {

/// `links` of a body as they are stored: one a `rel`, the later one's words at the place of the first. Nothing if none
/// were given or they are faulty.
Given<Json> read_links(const Json& body, Faults& faults);

/// Whether every `hreflang` is a language tag; to be asked once nothing else is wrong.
Status check_languages(const Json& links);

/// Whether it is a well-formed language tag. Spec: RFC 5646 section 2.1.
bool is_language_tag(std::string_view text);

} // namespace landfall::stac
