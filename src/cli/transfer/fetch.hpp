#pragma once
/// One object, fetched through signed URLs until it is complete.

#include "cli/api.hpp"
#include "cli/retry.hpp"
#include "cli/transfer/partial_file.hpp"

#include <functional>
#include <optional>
#include <string>

namespace landfall::cli {

/// What is known of an asset before its bytes are fetched.
struct WantedAsset {
    std::string item_id;
    std::string asset_id;
    std::string key;
    std::string media_type;
    std::optional<std::string> sha256; ///< raw
};

struct FetchOptions {
    Server server;
    RetryPolicy retry;
    std::stop_token interrupted;
    std::function<void(std::int64_t done, std::int64_t total)> progress; ///< bytes, called as they arrive
    /// Asked with the storage's name of the file before its first byte is taken; a failure ends the fetching.
    std::function<Status(const std::optional<std::string>& file_name)> accept{};
};

struct Fetched {
    std::int64_t size = 0;                ///< bytes
    std::optional<std::string> file_name; ///< as the storage calls it; not to be trusted
};

/// Fetches the asset into `target`, continuing after what it holds. Broken connections, 5xx and 429 are tried again
/// from where they broke, an expired URL is signed again; tries that bring bytes don't count. Size and, if known, the
/// SHA-256 are checked: bytes of an earlier download that prove wrong are fetched again once.
Result<Fetched> fetch_asset(const WantedAsset& asset, const FetchOptions& options, DownloadTarget& target);

} // namespace landfall::cli
