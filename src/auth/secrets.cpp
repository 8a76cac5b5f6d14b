#include "auth/secrets.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"

#include <argon2.h>
#include <array>

namespace landfall::auth {
namespace {

constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kKibibytes = 19 * 1024;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kSaltBytes = 16;

} // namespace

MintedKey mint_api_key() {
    MintedKey key;
    key.secret = "gpra_" + to_base64url(random_bytes(32));
    key.prefix = key.secret.substr(0, 12);
    key.digest = api_key_digest(key.secret);
    return key;
}

std::string api_key_digest(std::string_view secret) {
    return sha256(secret);
}

Result<std::string> hash_password(std::string_view password) {
    CHECK_OK(check_password(password));
    const std::string salt = random_bytes(kSaltBytes);
    std::string encoded(argon2_encodedlen(kPasses, kKibibytes, 1, kSaltBytes, kHashBytes, Argon2_id), '\0');
    const int rc = argon2id_hash_encoded(kPasses, kKibibytes, 1, password.data(), password.size(), salt.data(),
                                         salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (rc != ARGON2_OK)
        return fail_internal(std::string("argon2: ") + argon2_error_message(rc));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool verify_password(std::string_view password, const std::string& phc) {
    return argon2id_verify(phc.c_str(), password.data(), password.size()) == ARGON2_OK;
}

Status check_password(std::string_view password) {
    if (password.size() < 8 || password.size() > 1024)
        return fail_field("password", "A password needs 8 to 1024 bytes");
    return {};
}

} // namespace landfall::auth
