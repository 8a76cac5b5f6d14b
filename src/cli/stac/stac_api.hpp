#pragma once
/// Calls of the transactional STAC API. Contract: swisstopo.md.

#include "cli/transfer/part_file.hpp"
#include "schema/json.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::cli {

/// What a server says of a second upload of an asset. Section 14.2.
inline constexpr std::string_view kUploadInProgress = "Upload already in progress";

/// Which server, and as whom.
struct StacServer {
    std::string url;           ///< origin, perhaps with a path; what comes before `/api/stac`
    std::string authorization; ///< value of the header: `Basic …` or `Token …`; empty: nobody in particular
    std::string authorities{}; ///< PEM file of the certificate authorities to trust; empty: the system's
};

/// A document, and whether it was made by the call that gave it.
struct StacAnswer {
    Json document;
    bool created = false;
};

using StacHeaders = std::vector<std::pair<std::string, std::string>>;

/// Paths are those below `/api/stac/v1`. A refusal is an error in the server's own words: its message, or one field
/// error for each member that is wrong. Not thread-safe: one per thread.
class StacApi {
public:
    explicit StacApi(StacServer server, std::stop_token stop = {});
    /// Over a client that others of the same thread use too.
    StacApi(StacServer server, SharedClient client) : server_(std::move(server)), client_(std::move(client)) {}

    Result<Json> get(const std::string& path);
    Result<StacAnswer> put(const std::string& path, const Json& body, StacHeaders headers = {});
    Result<Json> post(const std::string& path, const Json& body);
    /// Hands over the entries of a list, those under `member` of each page, to its end. Internal if the pages go in a
    /// circle.
    Status each(const std::string& path, std::string_view member, const std::function<void(const Json&)>& take);
    /// The token that stands for a password. Section 3.
    Result<std::string> token(const std::string& user, const std::string& password);

private:
    Result<StacAnswer> send(std::string method, std::string url, const Json* body, StacHeaders headers);

    StacServer server_;
    SharedClient client_;
};

/// `/collections/C`, `/collections/C/items/I` and so on: the words of a path, encoded.
std::string stac_path(const std::vector<std::string_view>& words);

} // namespace landfall::cli
