#pragma once
/// Files of an upload session that come in parts. A file completed this way is a file of its session as if it had been
/// PUT. Contract: extensions.md "Upload in parts".

#include "catalog/work/part_upload.hpp"
#include "domain/context.hpp"
#include "domain/parts/assembly.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace landfall::domain {

struct NewFileParts {
    UploadId upload_id;
    std::string file_name;
    std::optional<std::int64_t> size;      ///< bytes of the whole file
    std::optional<std::int64_t> part_size; ///< bytes of every part but the last
    std::string content_type = "application/octet-stream";
    std::optional<std::string> sha256; ///< of the whole file, hexadecimal
};
/// Begins a file of an open session in parts, or answers with the one that is in progress for it. InvalidArgument for
/// sizes that can't be, Conflict once the session has ended.
Result<catalog::PartUploadRow> initiate_parts(Context& cx, const NewFileParts& wanted);

/// One of a session with which the caller may go on: see `require_upload`.
Result<catalog::PartUploadRow> require_parts(Context& cx, const PartUploadId& id);

/// URLs for parts of one in progress. Conflict once it has ended, InvalidArgument for numbers that the file has not
/// got.
Result<std::vector<PartUrl>> sign_file_parts(Context& cx, const PartUploadId& id, std::span<const int> numbers);

/// What is there of a file.
struct FileParts {
    catalog::PartUploadRow upload;
    std::vector<ListedPart> parts; ///< by number
};
Result<FileParts> list_file_parts(const Call& call, const PartUploadId& id);

/// Puts the parts together; see `assemble_parts`. PaymentRequired if they are not what they should be because the quota
/// refused some.
Result<AssembledParts> prepare_file(const Call& call, const PartUploadId& id,
                                    const std::optional<std::vector<ChosenPart>>& choice);
/// Makes the file one of its session, in place of an earlier one of its name.
Status commit_file(Context& cx, const AssembledParts& assembled);

/// Gives a file in parts up; of one that was given up before nothing changes. Conflict once it is completed.
Status abort_file_parts(Context& cx, const PartUploadId& id);

} // namespace landfall::domain
