#include "core/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace landfall {
namespace {

const EVP_MD* algorithm(DigestKind kind) {
    switch (kind) {
    case DigestKind::Md5:
        return EVP_md5();
    case DigestKind::Sha1:
        return EVP_sha1();
    case DigestKind::Sha256:
        return EVP_sha256();
    }
    return nullptr;
}

} // namespace

struct Digest::Context {
    Context() : handle(EVP_MD_CTX_new()) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { EVP_MD_CTX_free(handle); }

    EVP_MD_CTX* handle;
};

Digest::Digest(DigestKind kind) : context_(std::make_unique<Context>()) {
    if (context_->handle == nullptr || EVP_DigestInit_ex(context_->handle, algorithm(kind), nullptr) != 1)
        context_.reset();
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::span<const std::byte> bytes) {
    if (context_ && EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) != 1)
        context_.reset();
}

Result<std::string> Digest::value() const {
    const Context copy;
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    if (!context_ || copy.handle == nullptr || EVP_MD_CTX_copy_ex(copy.handle, context_->handle) != 1 ||
        EVP_DigestFinal_ex(copy.handle, reinterpret_cast<unsigned char*>(out.data()), &length) != 1)
        return fail_internal("the cryptographic library cannot digest");
    out.resize(length);
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), reinterpret_cast<unsigned char*>(out.data()), &length);
    out.resize(length);
    return out;
}

} // namespace landfall
