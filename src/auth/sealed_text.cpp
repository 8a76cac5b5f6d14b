#include "auth/sealed_text.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <limits>
#include <memory>

namespace landfall::auth {
namespace {

constexpr std::size_t kSaltBytes = 32;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kMaxBytes = std::numeric_limits<int>::max();

enum class Direction { Seal, Open };

struct FreeKdf {
    void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
    void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};
struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

/// Key and nonce of one text. The salt is fresh for each, so no pair is used twice.
class KeyMaterial {
public:
    KeyMaterial(const Seal& seal, std::string_view salt) {
        const std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
        const std::unique_ptr<EVP_KDF_CTX, FreeKdf> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
        const auto octets = [](const char* name, std::string_view text) {
            return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(text.data()), text.size());
        };
        std::array<char, 7> digest{"SHA256"};
        const std::array params{
            OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
            octets(OSSL_KDF_PARAM_KEY, seal.credential),
            octets(OSSL_KDF_PARAM_SALT, salt),
            octets(OSSL_KDF_PARAM_INFO, "landfall sealed text"),
            OSSL_PARAM_construct_end(),
        };
        good_ = context && !seal.credential.empty() &&
                EVP_KDF_derive(context.get(), bytes_.data(), bytes_.size(), params.data()) == 1;
    }
    ~KeyMaterial() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
    KeyMaterial(const KeyMaterial&) = delete;
    KeyMaterial& operator=(const KeyMaterial&) = delete;

    bool good() const { return good_; }
    const unsigned char* key() const { return bytes_.data(); }
    const unsigned char* nonce() const { return bytes_.data() + kKeyBytes; }

private:
    std::array<unsigned char, kKeyBytes + kNonceBytes> bytes_{};
    bool good_ = false;
};

/// A context that is keyed and has read the purpose; null on failure.
Cipher make_cipher(const Seal& seal, std::string_view salt, Direction direction) {
    const KeyMaterial material(seal, salt);
    Cipher cipher(EVP_CIPHER_CTX_new());
    int ignored = 0;
    const int encrypt = direction == Direction::Seal ? 1 : 0;
    const bool good =
        material.good() && cipher && seal.purpose.size() <= kMaxBytes &&
        EVP_CipherInit_ex2(cipher.get(), EVP_aes_256_gcm(), material.key(), material.nonce(), encrypt, nullptr) == 1 &&
        EVP_CipherUpdate(cipher.get(), nullptr, &ignored, bytes_of(seal.purpose),
                         static_cast<int>(seal.purpose.size())) == 1;
    if (!good)
        cipher.reset();
    return cipher;
}

/// The other side of `text`; GCM is a stream, so it has the same length.
bool run(EVP_CIPHER_CTX& cipher, std::string_view text, std::string& out) {
    out.resize(text.size());
    int length = 0;
    return text.size() <= kMaxBytes &&
           EVP_CipherUpdate(&cipher, bytes_of(out), &length, bytes_of(text), static_cast<int>(text.size())) == 1;
}

bool finish(EVP_CIPHER_CTX& cipher) {
    std::array<unsigned char, EVP_MAX_BLOCK_LENGTH> nothing{};
    int length = 0;
    return EVP_CipherFinal_ex(&cipher, nothing.data(), &length) == 1;
}

} // namespace

std::optional<std::string> seal_text(std::string_view text, const Seal& seal) {
    const std::string salt = random_bytes(kSaltBytes);
    const Cipher cipher = make_cipher(seal, salt, Direction::Seal);
    std::string body;
    std::string tag(kTagBytes, '\0');
    if (!cipher || !run(*cipher, text, body) || !finish(*cipher) ||
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) != 1)
        return std::nullopt;
    return to_base64(salt + body + tag);
}

std::optional<std::string> open_text(std::string_view sealed, const Seal& seal) {
    const auto bytes = from_base64(sealed);
    if (!bytes || bytes->size() < kSaltBytes + kTagBytes)
        return std::nullopt;
    const std::string_view body = std::string_view(*bytes).substr(kSaltBytes, bytes->size() - kSaltBytes - kTagBytes);
    std::string tag = bytes->substr(bytes->size() - kTagBytes);
    const Cipher cipher = make_cipher(seal, std::string_view(*bytes).substr(0, kSaltBytes), Direction::Open);
    std::string text;
    if (!cipher || !run(*cipher, body, text) ||
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) != 1 ||
        !finish(*cipher))
        return std::nullopt;
    return text;
}

} // namespace landfall::auth
