#pragma once
/// Workers that were taken over. They speak the launcher's wire and lie about everything: an answer of each is an
/// honest one with a lie in it, whose number stands in the file that they are given.

#include "jobs/sandbox.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::testing {

/// The honest answers of the makers, whose file is `made.tif`.
Json canned_cog();
Json canned_thumbnail();

/// The lies of probe, cog, thumbnail or tile: the honest answer with each of its members in turn left out, or of a
/// value that nobody expects there; texts that are no answer; bytes that are no picture.
const std::vector<std::string>& lies_of(std::string_view what);

/// Content of a file that makes workers tell lie number `lie`: `what` is probe, cog, thumbnail or tile.
std::string order_of_lie(std::string_view what, std::size_t lie);

/// What one of them answers for such a file; nothing for another one.
std::optional<std::string> told_lie(std::string_view what, const std::string& folder, const std::string& file);

/// Adds makers and the service, which lie only if a file wants it. A maker leaves links, a pipe and files that are none
/// of ours beside the one that it should make.
void add_hostile_workers(jobs::WorkerProgram& program);

} // namespace landfall::testing
