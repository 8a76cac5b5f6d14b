#pragma once
/// What the parts of this module that talk to the launcher share.

#include "jobs/sandbox.hpp"
#include "jobs/worker_link.hpp"

#include <sys/types.h>

namespace landfall::jobs {

struct Launcher::Impl {
    Descriptor control; ///< datagrams are whole, so any thread may send
    pid_t pid = -1;
    Confinement available;
};

} // namespace landfall::jobs
