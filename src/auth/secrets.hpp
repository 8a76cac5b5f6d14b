#pragma once
/// Secrets: API keys, their stored form, and passwords. Contract: geopera.md section 2.6; design: section 12.

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace landfall::auth {

/// A freshly minted API key. The secret is shown once; only `digest` is stored.
struct MintedKey {
    std::string secret; ///< `gpra_` and 43 base64url characters (32 random bytes)
    std::string prefix; ///< the first 12 characters, safe to show
    std::string digest; ///< raw SHA-256 of the secret
};

MintedKey mint_api_key();
/// Raw SHA-256 under which a presented key is looked up.
std::string api_key_digest(std::string_view secret);

/// Argon2id (19 MiB, t=2, p=1) in PHC string form with a fresh salt. About 25 ms of CPU.
Result<std::string> hash_password(std::string_view password);
/// Whether the password matches a PHC string.
bool verify_password(std::string_view password, const std::string& phc);

/// InvalidArgument with a sentence unless the password has 8..1024 bytes.
Status check_password(std::string_view password);

} // namespace landfall::auth
