#pragma once
/// Names and media types of local files.

#include <optional>
#include <string>
#include <string_view>

namespace landfall::cli {

/// A name that a server chose, fit to be created in the current folder: its last path segment without control
/// characters, without characters that other systems refuse, not hidden, at most 200 bytes. `download` if nothing
/// remains.
std::string safe_file_name(std::string_view name);

/// The file name of a Content-Disposition header (RFC 6266; `filename*` wins), as sent; nothing if there is none.
std::optional<std::string> disposition_file_name(std::string_view header);

/// Media type by a file name's extension; `application/octet-stream` if it says nothing.
std::string media_type_of(std::string_view file_name);
/// The usual extension of a media type with its dot; empty if there is none.
std::string extension_of(std::string_view media_type);

} // namespace landfall::cli
