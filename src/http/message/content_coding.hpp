#pragma once
/// Texts on their way to clients that take them compressed. Spec: RFC 9110 sections 8.4, 8.8.3 and 12.5.3.

#include "http/message/message.hpp"

#include <string>
#include <string_view>

namespace landfall::http {

/// Whether the request takes gzip, and likes it no less than the plain bytes.
bool accepts_gzip(const Headers& request);

/// The same of brotli, which the server has only of what was coded when it was built.
bool accepts_brotli(const Headers& request);

/// Whether answers of this media type are texts, which shrink.
bool shrinks(std::string_view media_type);

/// The bytes as gzip; empty where that is hardly smaller. Takes as much memory again, and a millisecond for a few
/// hundred kilobytes: not for io threads.
std::string gzip(std::string_view bytes);

/// Says of an answer whose body is coded, or which stands for such a one, that it is: its coding, and an entity tag of
/// its own, which `plain_tags` undoes.
void mark_gzip(Response& response);
/// Says that an answer of this media type, or one that stands for it, depends on what codings the request takes.
void vary_by_coding(Headers& response, std::string_view media_type);
/// Whether the request has any version (`If-None-Match: *`), and so says of no coding that it has it: a 304 then stands
/// for the answer that there would be.
bool knows_any(const Request& request);
/// A list of entity tags with those of coded answers as those of the plain ones: they name the same version.
std::string plain_tags(std::string_view list);

/// Codes a text of some length for a request that takes it. Leaves alone what can be had in parts, for a range counts
/// plain bytes; and what is no text in memory.
void encode(const Request& request, Response& response);

} // namespace landfall::http
