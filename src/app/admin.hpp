#pragma once
/// Commands that open the data themselves, also beside a running server. Design: section 13.

#include "app/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::app {

enum class Output { Text, Json };

struct InitRequest {
    std::string organization = "Landfall";
    std::string project = "Default";
    std::optional<std::string> email;
    std::optional<std::string> password;
};
int init(const Config& config, const InitRequest& request, Output output);

int set_quota(const Config& config, const std::string& organization, const std::string& amount);

struct KeyRequest {
    std::string organization;
    std::string name;
    std::vector<std::string> scopes; ///< empty: every scope but admin:*
};
int create_key(const Config& config, const KeyRequest& request, Output output);
int list_keys(const Config& config, const std::string& organization, Output output);
int revoke_key(const Config& config, const std::string& key_id);

struct UserRequest {
    std::string email, password, role = "member";
    std::optional<std::string> organization;
};
int create_user(const Config& config, const UserRequest& request, Output output);
int list_users(const Config& config, Output output);

int sweep(const Config& config, std::int64_t grace_seconds, Output output);
int migrate(const Config& config);
int doctor(const Config& config);
int print_config(const LoadedConfig& loaded, Output output);
int print_openapi();

} // namespace landfall::app
