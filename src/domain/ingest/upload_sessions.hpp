#pragma once
/// Upload sessions as they are shown: with their files, and what has come of them. Contract: extensions.md "Catalog".

#include "catalog/work/part_upload.hpp"
#include "catalog/work/upload.hpp"
#include "domain/context.hpp"
#include "domain/ingest/ingest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

struct ShownFile {
    catalog::UploadFileRow row;
    std::optional<catalog::PartUploadRow> parts; ///< in progress
};

struct ShownUpload {
    catalog::UploadRow upload;
    std::vector<ShownFile> files; ///< by name
    std::vector<UploadWarning> warnings;
    std::vector<std::string> item_ids;
};

/// NotFound unless the caller may go on with it.
Result<ShownUpload> show_upload(Context& cx, const UploadId& id);

struct UploadListing {
    ProjectId project_id;
    std::optional<catalog::UploadState> state;
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
struct UploadPage {
    std::vector<ShownUpload> uploads; ///< the newest first
    std::int64_t total = 0;
};
/// Those of a project, for its editors.
Result<UploadPage> list_uploads(Context& cx, const UploadListing& query);

} // namespace landfall::domain
