#include "cli/stac/stac_server.hpp"

#include <fmt/format.h>

namespace landfall::cli {
namespace {

/// What is listed, and how an entry is told.
struct Listing {
    std::string path;
    std::string_view member;
    std::string (*line)(const Json& entry);
};

/// The words, two blanks apart, without those that are empty.
std::string columns(std::initializer_list<std::string_view> words) {
    std::string line;
    for (const std::string_view word : words)
        if (!word.empty())
            line += (line.empty() ? "" : "  ") + std::string(word);
    return line;
}

std::string collection_line(const Json& collection) {
    return columns({collection["id"].as_view(), collection["title"].as_view()});
}

std::string item_line(const Json& item) {
    const Json& told = item["properties"];
    const std::string when = told["datetime"].is_string() ? told["datetime"].as_string()
                                                          : fmt::format("{}/{}", told["start_datetime"].as_view(),
                                                                        told["end_datetime"].as_view());
    return columns({item["id"].as_view(), when, told["title"].as_view()});
}

std::string asset_line(const Json& asset) {
    const Json& checksum = asset["file:checksum"];
    return columns(
        {asset["id"].as_view(), asset["type"].as_view(), checksum.is_string() ? checksum.as_view() : "no file"});
}

Result<Listing> listing_of(const Invocation& invocation) {
    if (invocation.operands.empty()) {
        if (invocation.has("assets"))
            return fail(Code::InvalidArgument, "Name the collection whose assets you want");
        return Listing{"/collections", "collections", collection_line};
    }
    TRY(const auto ids,
        segments_of(invocation.operands.front(), {1, 2}, "Name a collection, or an item as COLLECTION/ITEM"));
    if (ids.size() == 1 && !invocation.has("assets"))
        return Listing{owner_path(ids) + "/items", "features", item_line};
    return Listing{owner_path(ids) + "/assets", "assets", asset_line};
}

} // namespace

int run_stac_ls(const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto server = stac_server_of(invocation, terminal, StacAccess::Read);
    if (!server)
        return report_usage(terminal, server.error());
    const auto listing = listing_of(invocation);
    if (!listing)
        return report_usage(terminal, listing.error());
    const Status listed =
        StacApi(*server, surroundings.interrupted).each(listing->path, listing->member, [&](const Json& entry) {
            terminal.print(invocation.has("json") ? entry.dump() : printable(listing->line(entry)));
        });
    return listed ? 0 : report(terminal, listed.error());
}

} // namespace landfall::cli
