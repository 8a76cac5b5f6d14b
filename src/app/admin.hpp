#pragma once
/// Commands that open the data themselves, also beside a running server. Design: section 13. Each prints what it did,
/// or why it could not, and gives the exit code of the program.

#include "app/config.hpp"
#include "app/runtime.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace landfall::app {

enum class Output { Text, Json }; ///< lines for people, or one JSON value for programs

/// What must exist afterwards. Without a name, the first organization or project will do.
struct InitRequest {
    std::optional<std::string> organization;
    std::optional<std::string> project;
    std::optional<std::string> email;
    std::optional<std::string> password;
    bool create_bucket = false; ///< of an S3 store
};
/// Makes what is missing of a data folder, an organization, its project, its owner and a key.
int init(const Config& config, const InitRequest& request, Output output);

struct KeyRequest {
    std::string organization;
    std::string name;
    std::vector<std::string> scopes; ///< empty: every scope but admin:*
};
/// Prints the key's secret, which is shown only now.
int create_key(const Config& config, const KeyRequest& request, Output output);
int list_keys(const Config& config, const std::string& organization, Output output);
/// Of any organization.
int revoke_key(const Config& config, const std::string& key_id);

struct SweepRequest {
    std::optional<std::chrono::seconds> grace{}; ///< younger bytes are left alone, also such as nothing knows of
    bool yes = false;                            ///< removes orphans however many they are
};
/// Cleans up beside whatever runs; see domain::sweep. Fails if it found more orphans than it removes unasked.
int sweep(const Config& config, const SweepRequest& request, Output output);
struct BackupRequest {
    std::string target;
    bool quick = false;           ///< compares by size what the last backup holds
    bool without_damaged = false; ///< leaves out what the store has lost
};
/// Copies catalog and objects into a folder, beside whatever runs; see backup::back_up.
int back_up(const Config& config, const BackupRequest& request, Output output);
/// Makes a new data folder of a backup; see backup::Backup.
int restore(const Config& config, const std::string& source, Output output);
/// Makes the catalog that of the store in the data folder; see domain::adopt_store.
int adopt_store(const Config& config);
/// Brings the catalog's schema to the newest version.
int migrate(const Config& config);
/// Tries what a server needs, the sandbox's walls included; 1 if something fails.
int doctor(const Config& config, StartedLauncher launcher);
/// Every setting with its source.
int print_config(const LoadedConfig& loaded, Output output);
/// The OpenAPI document of this program.
int print_openapi();

} // namespace landfall::app
