#pragma once
/// Files of one upload session, sent by several threads.

#include "cli/api.hpp"
#include "cli/client.hpp"
#include "cli/transfer/progress.hpp"

#include <functional>
#include <string>
#include <vector>

namespace landfall::cli {

struct LocalFile {
    std::string path;
    std::string name; ///< in the session
    std::int64_t size = 0;
};

/// What the senders share.
struct TransferPlan {
    Server server;
    std::string upload_id;
    std::vector<LocalFile> files;
    int parallel = 4;
    RetryPolicy retry;
    std::stop_token interrupted;
};

/// What is told while files are sent, always from the calling thread.
struct TransferEvents {
    std::function<void()> tick;                 ///< a few times a second
    std::function<void(const LocalFile&)> sent; ///< a file has arrived
};

/// Sends every file, each to its own signed URL, several at once. A file is tried again after network failures, 5xx
/// and 429, and signed again after a 403. The first failure that lasts ends the others and is the result.
Status send_files(const TransferPlan& plan, Meter& meter, const TransferEvents& events);

} // namespace landfall::cli
