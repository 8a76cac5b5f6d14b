#pragma once
/// Files that are sent by several threads.

#include "cli/retry.hpp"
#include "cli/transfer/local_files.hpp"
#include "cli/transfer/part_file.hpp"
#include "cli/transfer/progress.hpp"
#include "cli/transfer/rate_limit.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace landfall::cli {

/// One thing to do for a file: send one part of it, or put its parts together.
struct Piece {
    static constexpr int kComplete = 0; ///< all parts are there
    std::size_t file = 0;
    int part = kComplete;
};

/// What the senders share.
struct TransferPlan {
    std::string authorities; ///< PEM file of the certificate authorities to trust; empty: the system's
    std::vector<LocalFile> files;
    std::vector<std::shared_ptr<PartFile>> targets; ///< by file; null: there is nothing to do for it
    std::vector<Piece> pieces;                      ///< what is still to be sent
    std::shared_ptr<RateLimit> limit = std::make_shared<RateLimit>();
    int parallel = 4;
    RetryPolicy retry;
    std::stop_token interrupted;

    /// Gives a file its target, and notes what of it is still to be sent.
    void aim(std::size_t file, std::shared_ptr<PartFile> target);
};

/// What is told while files are sent, always from the calling thread.
struct TransferEvents {
    std::function<void()> tick;                 ///< a few times a second
    std::function<void(const LocalFile&)> sent; ///< a file has arrived
};

/// Sends all pieces, each to its own address, several at once; whoever sends the last part of a file puts its parts
/// together. A piece is tried again after network failures, 5xx and 429, and gets another address after a 403. The
/// first failure that lasts ends the others and is the result.
Status send_files(const TransferPlan& plan, Meter& meter, const TransferEvents& events);

} // namespace landfall::cli
