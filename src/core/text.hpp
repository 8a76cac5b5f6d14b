#pragma once
/// Text encodings: hex, base64, percent-encoding, UTF-8, and the multihash that STAC's file extension uses.

#include <optional>
#include <string>
#include <string_view>

namespace landfall {

/// The value of a hexadecimal digit of either case; -1 for any other character.
int hex_value(char c);
/// Lower-case hexadecimal of raw bytes.
std::string to_hex(std::string_view bytes);
/// Raw bytes of an even-length hexadecimal text of either case; nothing if it is none.
std::optional<std::string> from_hex(std::string_view hex);

/// RFC 4648 base64 with padding.
std::string to_base64(std::string_view bytes);
/// Raw bytes of padded base64; nothing if it is none.
std::optional<std::string> from_base64(std::string_view text);
/// RFC 4648 base64url without padding.
std::string to_base64url(std::string_view bytes);
/// Raw bytes of base64url without padding; nothing if it is none, or not the one text of its bytes.
std::optional<std::string> from_base64url(std::string_view text);

/// RFC 3986 percent-encoding of everything but unreserved characters; `keep` names more to leave alone (e.g. "/").
std::string percent_encode(std::string_view text, std::string_view keep = {});
/// Undoes percent-encoding; nothing on a broken escape. `+` stays `+`.
std::optional<std::string> percent_decode(std::string_view text);

/// The text with ASCII letters in lower case.
std::string lower_case(std::string_view text);

/// The text without the spaces, tabs and ends of lines around it.
std::string_view trimmed(std::string_view text);

/// Whether the byte is a control character of ASCII.
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}
/// Whether any byte is a control character of ASCII: text that a name, an address or a header must not hold.
bool has_control(std::string_view text);

/// Whether the bytes are well-formed UTF-8 (no overlong forms, surrogates or values past U+10FFFF).
bool is_utf8(std::string_view text);
/// The text with every ill-formed byte replaced by U+FFFD and cut to at most `max_bytes` on a character's edge.
std::string clean_utf8(std::string_view text, std::size_t max_bytes);

/// SHA-256 of the bytes, raw (32 bytes).
std::string sha256(std::string_view bytes);
/// The hexadecimal sha2-256 multihash (`1220…`) of a raw 32-byte digest: STAC's `file:checksum`.
std::string multihash_sha256(std::string_view digest);

/// Lower-case ASCII words joined by hyphens, at most 60 bytes; "x" if nothing remains.
std::string slugify(std::string_view text);

/// Whether a name can be a file's in a folder of ours and nothing else: letters, digits, `.`, `_` and `-`, at most 100
/// bytes, no dot first.
bool is_plain_file_name(std::string_view name);

/// Compares in a time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

} // namespace landfall
