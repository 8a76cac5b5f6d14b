#pragma once
/// Files of one upload session, sent by several threads.

#include "cli/api.hpp"
#include "cli/client.hpp"
#include "cli/transfer/part_file.hpp"
#include "cli/transfer/progress.hpp"
#include "cli/transfer/rate_limit.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace landfall::cli {

struct LocalFile {
    std::string path;
    std::string name; ///< in the session
    std::int64_t size = 0;
};

/// One thing to do for a file: send it, send one part of it, or put its parts together.
struct Piece {
    static constexpr int kWhole = 0;
    static constexpr int kComplete = -1; ///< all parts are there
    std::size_t file = 0;
    int part = kWhole;
};

/// What the senders share.
struct TransferPlan {
    Server server;
    std::string upload_id;
    std::vector<LocalFile> files;
    std::vector<std::shared_ptr<PartFile>> in_parts; ///< by file; null: in one go
    std::vector<Piece> pieces;                       ///< what is still to be sent
    std::shared_ptr<RateLimit> limit = std::make_shared<RateLimit>();
    int parallel = 4;
    RetryPolicy retry;
    std::stop_token interrupted;
};

/// What is told while files are sent, always from the calling thread.
struct TransferEvents {
    std::function<void()> tick;                 ///< a few times a second
    std::function<void(const LocalFile&)> sent; ///< a file has arrived
};

/// Sends all pieces, each to its own signed URL, several at once; whoever sends the last part of a file puts its parts
/// together. A piece is tried again after network failures, 5xx and 429, and signed again after a 403. The first
/// failure that lasts ends the others and is the result.
Status send_files(const TransferPlan& plan, Meter& meter, const TransferEvents& events);

} // namespace landfall::cli
