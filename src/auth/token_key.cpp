#include "auth/token_key.hpp"

#include "core/text.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <utility>

namespace landfall::auth {
namespace {

constexpr int kNumberBytes = 32; ///< of a coordinate, and of either half of a signature

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free_all(bio); }
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template<typename T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

auto broken() {
    return fail_internal("the cryptographic library cannot handle the token key");
}

/// A coordinate of the public point, base64url.
std::string coordinate(const EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &raw) != 1)
        return {};
    const Owned<BIGNUM> number(raw);
    std::string bytes(kNumberBytes, '\0');
    if (BN_bn2binpad(number.get(), bytes_of(bytes), kNumberBytes) != kNumberBytes)
        return {};
    return to_base64url(bytes);
}

} // namespace

struct TokenKey::Pair {
    Owned<EVP_PKEY> key;
    std::string x, y, id;
};

Result<TokenKey> TokenKey::of(std::shared_ptr<Pair> pair) {
    if (!pair->key || EVP_PKEY_is_a(pair->key.get(), "EC") != 1 || EVP_PKEY_get_bits(pair->key.get()) != 256)
        return broken();
    pair->x = coordinate(pair->key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
    pair->y = coordinate(pair->key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
    if (pair->x.empty() || pair->y.empty())
        return broken();
    const Json members = Json::object({{"crv", "P-256"}, {"kty", "EC"}, {"x", pair->x}, {"y", pair->y}});
    pair->id = to_base64url(sha256(members.dump()));
    return TokenKey(std::move(pair));
}

Result<TokenKey> TokenKey::generate() {
    auto pair = std::make_shared<Pair>();
    pair->key.reset(EVP_EC_gen("P-256"));
    return of(std::move(pair));
}

Result<TokenKey> TokenKey::from_pem(std::string_view pem) {
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    auto pair = std::make_shared<Pair>();
    if (bio)
        pair->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    return of(std::move(pair));
}

Result<std::string> TokenKey::to_pem() const {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    char* text = nullptr;
    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), pair_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return broken();
    const auto length = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<std::size_t>(length));
}

const std::string& TokenKey::id() const {
    return pair_->id;
}

Json TokenKey::jwk() const {
    return Json::object({{"kty", "EC"},
                         {"use", "sig"},
                         {"alg", "ES256"},
                         {"kid", pair_->id},
                         {"crv", "P-256"},
                         {"x", pair_->x},
                         {"y", pair_->y}});
}

Result<std::string> TokenKey::sign(std::string_view text) const {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    std::string der(static_cast<std::size_t>(EVP_PKEY_get_size(pair_->key.get())), '\0');
    std::size_t length = der.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair_->key.get()) != 1 ||
        EVP_DigestSign(context.get(), bytes_of(der), &length, bytes_of(text), text.size()) != 1)
        return broken();
    const unsigned char* at = bytes_of(std::string_view(der));
    const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)));
    std::string out(std::size_t{2} * kNumberBytes, '\0');
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(out), kNumberBytes) != kNumberBytes ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(out) + kNumberBytes, kNumberBytes) != kNumberBytes)
        return broken();
    return out;
}

bool TokenKey::verify(std::string_view text, std::string_view signature) const {
    if (signature.size() != std::size_t{2} * kNumberBytes)
        return false;
    const Owned<ECDSA_SIG> numbers(ECDSA_SIG_new());
    Owned<BIGNUM> r(BN_bin2bn(bytes_of(signature), kNumberBytes, nullptr));
    Owned<BIGNUM> s(BN_bin2bn(bytes_of(signature) + kNumberBytes, kNumberBytes, nullptr));
    if (!numbers || !r || !s || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1)
        return false;
    (void)r.release();
    (void)s.release();
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(numbers.get(), &der);
    if (length <= 0)
        return false;
    const std::string encoded(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pair_->key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(encoded), encoded.size(), bytes_of(text), text.size()) == 1;
}

} // namespace landfall::auth
