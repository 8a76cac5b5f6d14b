#pragma once
/// The system calls a worker may make.

#include "core/result.hpp"

#include <string>

namespace landfall::jobs {

/// Whether the kernel filters system calls. Has no side effect.
bool has_seccomp();

/// The filter as a compiled BPF program (an array of `sock_filter`). What is not listed answers EPERM, so that a
/// library sees an error and reports it; clone3 answers ENOSYS, so that the C library falls back to clone, whose
/// flags can be checked. Memory can never be made executable. Internal if libseccomp fails.
Result<std::string> compile_filter();

/// Applies a compiled filter to the calling thread and all it starts, for good. Needs no_new_privs.
Status apply_filter(const std::string& program);

} // namespace landfall::jobs
