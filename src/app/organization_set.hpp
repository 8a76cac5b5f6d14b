#pragma once
/// `landfall organization set`: what an operator decides for an organization. Design: section 13.

#include "app/command_row.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::app {

/// What is to be changed, as it was typed; what is absent stays.
struct OrganizationChanges {
    std::optional<std::string> quota{};          ///< bytes, `10GiB`, or `unlimited`
    std::optional<std::string> credits{};        ///< a number, or `unlimited`
    std::optional<std::string> plan{};           ///< free or paid
    std::optional<std::string> standing{};       ///< good or past_due
    std::optional<std::string> retention_days{}; ///< a number, or `off`
};
/// Changes an organization, by id or slug, and has its items follow a change of plan or retention; prints what it has
/// then, and how many items end when. `command`: its spelling in the audit log. Gives the exit code.
int set_organization(const Config& config, const std::string& command, const std::string& organization,
                     const OrganizationChanges& changes, Output output);

/// The command, and its other spellings.
std::vector<Row> organization_set_rows();

} // namespace landfall::app
