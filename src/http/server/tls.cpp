#include "http/server/tls.hpp"

#include <openssl/ssl.h>

#include <string_view>

namespace landfall::http {
namespace {

namespace ssl = boost::asio::ssl;

/// Chooses HTTP/1.1 among the protocols the client offers; a client that offers others only goes on without.
// NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    constexpr std::string_view kOurs = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    const int found = SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(kOurs.data()),
                                            static_cast<unsigned int>(kOurs.size()), offered, offered_size);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

} // namespace

Result<SharedTls> make_tls(const std::string& certificate, const std::string& key) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    boost::system::error_code ec;
    context->use_certificate_chain_file(certificate, ec);
    if (ec)
        return fail(Error{Code::InvalidArgument, "The TLS certificate " + certificate +
                                                     " can't be read. Name a PEM file with the certificate chain."}
                        .because(ec.message()));
    context->use_private_key_file(key, ssl::context::pem, ec);
    if (ec)
        return fail(Error{Code::InvalidArgument,
                          "The TLS key " + key + " can't be read or does not fit the certificate. Name its PEM file."}
                        .because(ec.message()));
    SSL_CTX* const native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
    return context;
}

} // namespace landfall::http
