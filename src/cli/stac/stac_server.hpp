#pragma once
/// Which server of the STAC API a command talks to, and about what there.

#include "cli/session.hpp"
#include "cli/stac/stac_api.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::cli {

enum class StacAccess { Read, Write };

/// The address of a server, also if it was given with `/api/stac/v1`. InvalidArgument with a sentence if it is none.
Result<std::string> stac_url(std::string url);

/// By flags, the environment (STAC_USER and STAC_PASSWORD) or the profile; who only reads needs no credential.
/// InvalidArgument with a sentence if one is missing or the address is none.
Result<StacServer> stac_server_of(const Invocation& invocation, const Terminal& terminal, StacAccess access);

/// The value of an Authorization header for a user's password.
std::string basic_authorization(const std::string& user, const std::string& password);

/// `COLLECTION/ITEM/ASSET` as its segments. InvalidArgument with `wanted`, a sentence, unless there are as many as
/// said and none is empty.
struct SegmentCount {
    std::size_t least = 1;
    std::size_t most = 1;
};
Result<std::vector<std::string>> segments_of(std::string_view operand, SegmentCount count, std::string_view wanted);

/// The path of what has assets: a collection, or an item of one.
std::string owner_path(const std::vector<std::string>& collection_and_item);

} // namespace landfall::cli
