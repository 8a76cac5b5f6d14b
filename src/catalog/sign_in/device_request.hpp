#pragma once
/// Programs that wait to be let in by somebody on another device (RFC 8628).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

enum class DeviceState { Pending, Approved, Denied, Used };

constexpr auto enum_names(Of<DeviceState>) {
    return std::array{std::pair{DeviceState::Pending, std::string_view("pending")},
                      std::pair{DeviceState::Approved, std::string_view("approved")},
                      std::pair{DeviceState::Denied, std::string_view("denied")},
                      std::pair{DeviceState::Used, std::string_view("used")}};
}

struct DeviceRequestRow {
    std::string digest;                   ///< of the device code, hexadecimal SHA-256
    std::string user_code;                ///< without the hyphen; unique
    std::string client;                   ///< the program, as it calls itself
    std::string scopes;                   ///< asked for, separated by spaces
    std::optional<std::string> challenge; ///< base64url SHA-256 of the verifier that the program will show
    std::string address;                  ///< whence it was made
    Timestamp created_at{};
    Timestamp expires_at{};
    std::int64_t interval_seconds = 5; ///< between two questions of the program
    std::optional<Timestamp> polled_at;
    DeviceState state = DeviceState::Pending;
    std::optional<UserId> user_id; ///< who answered
    std::optional<OrganizationId> organization_id;
};

constexpr auto columns(Of<DeviceRequestRow>) {
    using R = DeviceRequestRow;
    using enum Use;
    return table("device_request", column("digest", &R::digest, Key), column("user_code", &R::user_code),
                 column("client", &R::client), column("scopes", &R::scopes), column("challenge", &R::challenge),
                 column("address", &R::address), column("created_at", &R::created_at),
                 column("expires_at", &R::expires_at), column("interval_seconds", &R::interval_seconds, Mutable),
                 column("polled_at", &R::polled_at, Mutable), column("state", &R::state),
                 column("user_id", &R::user_id), column("organization_id", &R::organization_id));
}

/// False if the user code is taken.
Result<bool> insert_device_request(Session& session, const DeviceRequestRow& row);
Result<std::optional<DeviceRequestRow>> find_device_request(Session& session, std::string_view digest);
Result<std::optional<DeviceRequestRow>> find_device_request_by_user_code(Session& session, std::string_view user_code);
/// Writes the mutable columns. False if it is unknown.
Result<bool> update_device_request(Session& session, const DeviceRequestRow& row);
/// Writes the answer, state and who gave it, of a request that has the state `from`; else false.
Result<bool> answer_device_request(Session& session, const DeviceRequestRow& row, DeviceState from);
/// Removes up to `limit` that expired before. How many.
Result<std::int64_t> purge_device_requests(Session& session, Timestamp before, std::int64_t limit);

/// A form that was sent; each may be once.
struct SentFormRow {
    std::string digest; ///< of its token
    Timestamp expires_at{};
};

constexpr auto columns(Of<SentFormRow>) {
    using R = SentFormRow;
    using enum Use;
    return table("sent_form", column("digest", &R::digest, Key), column("expires_at", &R::expires_at));
}

/// False if it was sent before.
Result<bool> insert_sent_form(Session& session, const SentFormRow& row);
Result<std::int64_t> purge_sent_forms(Session& session, Timestamp before, std::int64_t limit);

} // namespace landfall::catalog
