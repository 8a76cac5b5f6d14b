#pragma once
/// Operations of a Landfall server, called by id.

#include "outbound/http_client.hpp"
#include "schema/json.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::cli {

class Renewal;

/// Which server, and as whom.
struct Server {
    std::string url;                    ///< origin, perhaps with a path; no trailing slash
    std::string token;                  ///< API key or access token; empty where it is renewed
    std::string authorities{};          ///< PEM file of the certificate authorities to trust; empty: the system's
    std::shared_ptr<Renewal> renewal{}; ///< gives the token, if there is one
};

/// The body of an answer.
struct Answer {
    std::string body;
    std::string media_type;              ///< without parameters, e.g. `application/json`
    std::vector<std::string> warnings{}; ///< what the server told beside it
};

/// Not thread-safe: one per thread.
class Api {
public:
    explicit Api(Server server, std::stop_token stop = {})
        : server_(std::move(server)),
          client_(std::make_shared<outbound::HttpClient>(std::move(stop), server_.authorities)) {}
    /// Over a client that others of the same thread use too.
    Api(Server server, std::shared_ptr<outbound::HttpClient> client)
        : server_(std::move(server)), client_(std::move(client)) {}

    /// Calls an operation, known to this program or not, with JSON text. A refusal is an error with the server's
    /// own words, see `refusal`.
    Result<Answer> call(std::string_view operation_id, const std::string& input,
                        const std::string& idempotency_key = {});
    /// The same for JSON both ways.
    Result<Json> call_json(std::string_view operation_id, const Json& input, const std::string& idempotency_key = {});

private:
    Result<outbound::HttpResponse> send(outbound::HttpRequest& request);

    Server server_;
    std::shared_ptr<outbound::HttpClient> client_;
};

/// The error that an answer other than 2xx stands for: `detail` of a problem document, or for 422 one field error
/// per entry. Any 5xx but 501 is Unavailable.
Error refusal(const outbound::HttpResponse& response);

/// 1 for network, server and file failures, 3 for refusals.
int exit_code_of(const Error& error);

/// What to print of an error: each field as `field: message`, else the message.
std::vector<std::string> error_lines(const Error& error);

/// The sentence as the beginning of a longer one: servers end theirs with a full stop or not.
std::string without_full_stop(std::string sentence);

/// What to tell somebody who waits for another try: the reason and the seconds.
std::string retry_note(const Error& error, std::chrono::milliseconds delay);

} // namespace landfall::cli
