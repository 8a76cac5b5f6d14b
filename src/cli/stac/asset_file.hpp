#pragma once
/// The file of an asset, sent in parts. Contract: swisstopo.md sections 12, 14 and 15.

#include "cli/stac/stac_api.hpp"
#include "cli/transfer/local_files.hpp"
#include "cli/transfer/part_file.hpp"
#include "cli/transfer/progress.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace landfall::cli {

/// What is announced of a file before it is sent.
struct AnnouncedFile {
    LocalFile file;
    std::int64_t part_size = 0;    ///< bytes
    std::string checksum;          ///< multihash of the whole, as `file:checksum`
    std::vector<std::string> md5s; ///< of the parts, raw
};

/// The size of the parts of a file of so many bytes: the wanted one, or what 100 parts need. InvalidArgument with a
/// sentence if the API does not take a file in such parts.
Result<std::int64_t> asset_part_size(std::int64_t size, std::optional<std::int64_t> wanted);

/// Reads a file once. The meter counts what is read, and `tick` is called meanwhile. Canceled after a stop.
struct Reading {
    Meter& meter;
    std::function<void()> tick;
    std::stop_token stop;
};
Result<AnnouncedFile> announce(const LocalFile& file, std::int64_t part_size, const Reading& reading);

/// An upload of an asset that is in progress.
class AssetUpload {
public:
    /// `asset`: the path of the asset.
    AssetUpload(StacServer server, std::string asset, AnnouncedFile announced)
        : server_(std::move(server)), asset_(std::move(asset)), announced_(std::move(announced)) {}

    /// What becomes of an upload of another file that somebody else has begun.
    enum class Others { Keep, Abort };
    /// Begins one, or goes on with the one that is in progress if it is of the same file, and asks what is there.
    /// Conflict with a sentence if it is of another one, which is kept.
    Result<std::shared_ptr<PartFile>> begin(StacApi& api, Others others);
    /// Gives it up; what can't be told to the server stays in progress there.
    void abort(StacApi& api) const;
    /// Empty before it was begun.
    const std::string& id() const { return id_; }

private:
    Result<std::shared_ptr<PartFile>> create(StacApi& api);
    Result<std::shared_ptr<PartFile>> resume(StacApi& api, const Json& running);
    Result<bool> is_of_this_file(StacApi& api, const Json& running);
    std::shared_ptr<PartFile> parts_of(const Json& upload) const;
    std::string path(std::string_view upload) const;

    const StacServer server_;
    const std::string asset_;
    AnnouncedFile announced_;
    std::string id_;
};

} // namespace landfall::cli
