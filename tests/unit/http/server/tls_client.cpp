#include "unit/http/server/tls_client.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace landfall::http::testing {

TlsIdentity::TlsIdentity() {
    std::string name = std::filesystem::temp_directory_path() / "landfall-tls-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    EVP_PKEY* const pair = EVP_EC_gen("P-256");
    X509* const document = X509_new();
    X509_set_version(document, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(document), 1);
    X509_gmtime_adj(X509_getm_notBefore(document), -60);
    X509_gmtime_adj(X509_getm_notAfter(document), 3600);
    X509_set_pubkey(document, pair);
    X509_NAME* const subject = X509_get_subject_name(document);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(document, subject);
    X509_sign(document, pair, EVP_sha256());
    std::FILE* file = std::fopen(certificate().c_str(), "w");
    PEM_write_X509(file, document);
    std::fclose(file);
    file = std::fopen(key().c_str(), "w");
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(document);
    EVP_PKEY_free(pair);
}

TlsIdentity::~TlsIdentity() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

TlsClient::TlsClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    context_ = SSL_CTX_new(TLS_client_method());
    session_ = SSL_new(context_);
    constexpr std::array<unsigned char, 12> kProtocols{2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_set_alpn_protos(session_, kProtocols.data(), kProtocols.size());
    SSL_set_fd(session_, descriptor_);
    connected_ = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                 SSL_connect(session_) == 1;
}

TlsClient::~TlsClient() {
    SSL_free(session_);
    SSL_CTX_free(context_);
    ::close(descriptor_);
}

std::string TlsClient::protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(session_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

bool TlsClient::receive() {
    std::array<char, 16384> buffer;
    const int count = SSL_read(session_, buffer.data(), static_cast<int>(buffer.size()));
    if (count <= 0)
        return false;
    input_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

void TlsClient::send(std::string_view bytes) {
    SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()));
}

std::string TlsClient::ask(std::string_view request, std::string_view tail) {
    send(request);
    while (!input_.ends_with(tail))
        if (!receive())
            break;
    return std::exchange(input_, {});
}

std::string TlsClient::ask_bytes(std::string_view request, std::size_t bytes) {
    send(request);
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos)
        if (!receive())
            return {};
    while (input_.size() < end + 4 + bytes)
        if (!receive())
            break;
    return std::exchange(input_, {}).substr(end + 4);
}

} // namespace landfall::http::testing
