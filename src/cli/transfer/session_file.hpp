#pragma once
/// Files of an upload session. Contract: geopera.md, `uploads.signed_url`; extensions.md, `uploads.parts`.

#include "cli/api.hpp"
#include "cli/transfer/local_files.hpp"
#include "cli/transfer/part_file.hpp"

#include <memory>
#include <optional>
#include <string>

namespace landfall::cli {

/// What is asked of a file of a session.
struct SessionFile {
    Server server;
    std::string upload_id;
    LocalFile file;
    std::optional<std::int64_t> part_size{}; ///< bytes; absent: the server's choice
};

/// To be sent in one go.
std::shared_ptr<PartFile> whole_file(SessionFile wanted);
/// Begins a file in parts, or finds it begun, and asks what is there. Conflict if it was begun with another size.
Result<std::shared_ptr<PartFile>> begin_in_parts(Api& api, const SessionFile& wanted);

} // namespace landfall::cli
