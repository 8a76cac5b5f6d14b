#pragma once
/// Text on its way to whoever started the program. A stream that takes nothing more must not end the work.

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace landfall {

/// Writes to a stream. What cannot be written is remembered by the stream and not thrown: see `output_failed`.
void put(std::FILE* stream, std::string_view text);
template<typename... Args>
void put(std::FILE* stream, fmt::format_string<Args...> format, Args&&... args) {
    put(stream, std::string_view(fmt::format(format, std::forward<Args>(args)...)));
}

/// Flushes a stream. Whether anything that was put into it, now or before, got lost.
bool output_failed(std::FILE* stream);

/// Gives descriptors 0 to 2 to /dev/null where they are closed, so that no file or socket gets their numbers; writing
/// to it fails. The first thing that a program does.
void hold_standard_descriptors();

} // namespace landfall
