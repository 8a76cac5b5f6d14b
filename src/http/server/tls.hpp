#pragma once
/// Private to src/http: the TLS settings of the server.

#include "core/mutex.hpp"
#include "core/result.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace landfall::http {

using SharedTls = std::shared_ptr<boost::asio::ssl::context>;

/// What new connections begin with; may be exchanged while the server runs. Thread-safe.
class TlsContext {
public:
    SharedTls get() const {
        const Lock lock(mutex_);
        return context_;
    }
    void set(SharedTls context) {
        const Lock lock(mutex_);
        context_ = std::move(context);
    }

private:
    mutable Mutex mutex_;
    SharedTls context_ GUARDED_BY(mutex_);
};

/// TLS 1.2 and newer with the certificate chain and key of two PEM files. InvalidArgument if either can't be used.
Result<SharedTls> make_tls(const std::string& certificate, const std::string& key);

} // namespace landfall::http
