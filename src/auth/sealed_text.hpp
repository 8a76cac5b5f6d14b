#pragma once
/// Text that only one credential can read again, whoever else reads the database.

#include <optional>
#include <string>
#include <string_view>

namespace landfall::auth {

/// Who may read a sealed text, and what it belongs to.
struct Seal {
    std::string_view credential; ///< the presented secret (an API key has 256 random bits); never stored
    std::string_view purpose;    ///< a sealed text opens under the same purpose only
};

/// The text under AES-256-GCM, as base64 of salt, cipher text and tag. The key comes from the credential by
/// HKDF-SHA256 with a salt of its own. Nothing if OpenSSL fails.
std::optional<std::string> seal_text(std::string_view text, const Seal& seal);
/// The text again; nothing if it was altered or sealed with another credential or for another purpose.
std::optional<std::string> open_text(std::string_view sealed, const Seal& seal);

} // namespace landfall::auth
