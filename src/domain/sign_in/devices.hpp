#pragma once
/// Signing a program in on another device: it shows a code, somebody who is signed in types it into a page and lets it
/// in. Contract: geopera.md section 2.3. Spec: RFC 8628, RFC 7636.

#include "catalog/sign_in/device_request.hpp"
#include "domain/sign_in/tokens.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::domain {

inline constexpr std::chrono::seconds kDeviceCodeLife{600};
inline constexpr std::int64_t kPollSeconds = 5;

struct DeviceCodes {
    std::string device_code; ///< the program's secret
    std::string user_code;   ///< `BCDF-GHJK`
};
struct DeviceAsk {
    std::string client;                     ///< the program, as it calls itself
    std::string scopes{};                   ///< asked for, separated by spaces
    std::optional<std::string> challenge{}; ///< by S256, of the verifier that it will show
};
/// A program asks to be let in. InvalidArgument for a scope that there is not.
Result<DeviceCodes> ask_device(Context& cx, const DeviceAsk& ask);

/// What a program is told that asks whether it was let in.
enum class DeviceAnswer { Approved, Pending, SlowDown, Denied, Expired, Unknown };
struct DevicePoll {
    DeviceAnswer answer = DeviceAnswer::Unknown;
    std::optional<IssuedTokens> issued{}; ///< if it was: once
};
struct DeviceQuestion {
    std::string_view device_code;
    std::string_view client;
    std::string_view verifier{};
};
/// Unknown for a code that is none, was used, is another program's, or whose verifier is wrong.
Result<DevicePoll> poll_device(Context& cx, const DeviceQuestion& question);

/// The request that waits under a user code, read without case and hyphen; nothing if none does.
Result<std::optional<catalog::DeviceRequestRow>> find_waiting_device(database::Session& session,
                                                                     std::string_view user_code, Timestamp now);
/// A user lets the program in, or not. NotFound if it does not wait any more.
struct DeviceDecision {
    std::string_view user_code;
    UserId user_id;
    std::optional<OrganizationId> organization_id{}; ///< in which it shall work
    bool approved = false;
};
Status decide_device(Context& cx, const DeviceDecision& decision);

/// A user code as people read it.
std::string shown_code(std::string_view user_code);

} // namespace landfall::domain
