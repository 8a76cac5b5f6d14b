#pragma once
/// Landlock: which files a process may reach, enforced by the kernel (Linux 5.13 and later).

#include "core/result.hpp"

#include <string>
#include <vector>

namespace landfall::jobs {

/// The version of Landlock that the kernel offers; 0 if none. Has no side effect.
int landlock_abi();

/// Confines the calling thread (and all it starts) for good: full use of `folder` short of executing, linking and
/// making devices; reading of `readable` files and folders; nothing else. An empty `folder` gives none. From ABI 4 on
/// no TCP, from ABI 6 on no signals and no abstract sockets to the outside. Missing `readable` entries are skipped.
/// Needs no_new_privs. Internal if the kernel refuses.
Status restrict_files(const std::string& folder, const std::vector<std::string>& readable);

} // namespace landfall::jobs
