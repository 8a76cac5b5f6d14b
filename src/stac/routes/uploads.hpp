#pragma once
/// Uploads of the files of assets, in parts. Contract: swisstopo.md section 14.

#include "stac/site.hpp"

namespace landfall::stac {

Result<Reply> list_uploads(const Asked& asked);
Result<Reply> get_upload(const Asked& asked);
Result<Reply> list_upload_parts(const Asked& asked);
Result<Reply> create_upload(const Asked& asked);
Result<Reply> complete_upload(const Asked& asked);
Result<Reply> abort_upload(const Asked& asked);

/// Puts the parts of an upload together before the transaction that gives the asset its file.
Result<Errand> assemble_upload(const Asked& asked);

} // namespace landfall::stac
