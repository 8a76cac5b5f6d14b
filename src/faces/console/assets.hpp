#pragma once
/// The files of the web console as they were built into the program, coded beforehand. See cmake/EmbedConsole.cmake.

#include <span>
#include <string_view>

namespace landfall::faces::console {

struct Asset {
    std::string_view path; ///< below `/app/`; those in `assets/` have a digest in their names
    std::string_view media_type;
    std::string_view plain;
    std::string_view gzip;   ///< empty: hardly smaller
    std::string_view brotli; ///< empty: hardly smaller
};

/// Sorted by path; empty in a program that was built without the console.
std::span<const Asset> assets();

} // namespace landfall::faces::console
