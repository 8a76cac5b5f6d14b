#pragma once
/// `landfall audit`. Design: section 13, extensions.md "Command line".

#include "app/command_row.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::app {

/// Which records are asked for; what is absent does not matter.
struct AuditRequest {
    std::optional<std::string> since; ///< RFC 3339
    std::optional<std::string> operation;
    std::optional<std::string> principal;
};
/// Prints the records of all organizations, one a line. Gives the exit code.
int print_audit(const Config& config, const AuditRequest& request, Output output);

std::vector<Row> audit_rows();

} // namespace landfall::app
