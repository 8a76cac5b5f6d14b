#pragma once
/// Private to src/http: the TLS settings of the server.

#include "core/result.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace landfall::http {

/// TLS 1.2 and newer with the certificate chain and key of two PEM files. InvalidArgument if either can't be used.
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls(const std::string& certificate, const std::string& key);

} // namespace landfall::http
