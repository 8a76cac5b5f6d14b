#pragma once
/// One server for an embedded catalog: a second one would take the uploads that the first is completing for those of a
/// server that died.

#include "app/config.hpp"
#include "core/descriptor.hpp"
#include "core/result.hpp"

namespace landfall::app {

class ServerLock {
public:
    /// Conflict if another process serves this SQLite catalog, Unavailable if the disk refuses. On PostgreSQL any
    /// number of servers may run, and nothing is locked. Makes the data folder where it is missing.
    static Result<ServerLock> claim(const Config& config);

private:
    explicit ServerLock(Descriptor file) : file_(std::move(file)) {}

    Descriptor file_; ///< locked while the process lives; the kernel lets go of it at any end
};

} // namespace landfall::app
