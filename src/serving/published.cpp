#include "serving/published.hpp"

#include "core/conditions.hpp"
#include "core/network.hpp"
#include "http/message/conditional.hpp"
#include "http/message/content_coding.hpp"
#include "http/message/problem.hpp"

namespace landfall::serving {

http::Handler Published::document(const std::string& text, const std::string& media_type,
                                  const std::string& operation) const {
    const std::string etag = etag_of_content(text);
    return [=, &services = services_, rates = rates_, coded = http::gzip(text)](const http::Request& request) {
        const auto rate = rates->take(network_of(request.remote_address),
                                      services.settings.limits.public_reads_per_minute, services.clock.now());
        if (!rate.allowed)
            return http::problem(admission::rate_error(rate), request.request_id);
        const bool takes_coded = !coded.empty() && http::accepts_gzip(request.headers);
        http::Response full = http::Response::text(200, media_type, takes_coded ? coded : text);
        if (takes_coded)
            full.headers.set("Content-Encoding", "gzip");
        full.headers.set("Cache-Control", "public, max-age=300");
        const http::Refuse refuse = [](const http::Request& refused, int status, const std::string&) {
            return http::problem(status, "The document is another one now.", refused.request_id);
        };
        http::Response response = http::answer_conditionally(request, std::move(full), {etag}, refuse);
        if (takes_coded && (response.status == 200 || (response.status == 304 && http::knows_any(request)))) {
            http::vary_by_coding(response.headers, media_type);
            http::mark_gzip(response);
        } else if (response.status == 304 || !takes_coded) {
            http::encode(request, response);
        }
        response.operation = operation;
        return response;
    };
}

} // namespace landfall::serving
