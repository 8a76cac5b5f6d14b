#pragma once
/// What `landfall login` remembers: servers and credentials by name, in a file that only its owner reads.

#include "core/result.hpp"
#include "schema/fields.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::cli {

struct Terminal;

/// A server, and the credentials for it: an API key or the tokens of a session for operations, and what the STAC API
/// takes.
struct Profile {
    std::string name, url;
    std::string api_key, access_token, refresh_token;
    std::int64_t expires_at = 0;    ///< of the access token, seconds since 1970
    std::string authorities;        ///< PEM file of the certificate authorities to trust; empty: the system's
    std::string stac_authorization; ///< value of the header for the STAC API: `Token …` or `Basic …`

    bool has_session() const { return !access_token.empty() || !refresh_token.empty(); }
};

constexpr auto describe(schema::Of<Profile>) {
    using schema::field;
    using P = Profile;
    return schema::fields(field("name", &P::name, {.required = true}), field("url", &P::url, {.required = true}),
                          field("api_key", &P::api_key, {.sparse = true}),
                          field("access_token", &P::access_token, {.sparse = true}),
                          field("refresh_token", &P::refresh_token, {.sparse = true}),
                          field("expires_at", &P::expires_at), field("cacert", &P::authorities, {.sparse = true}),
                          field("stac_authorization", &P::stac_authorization, {.sparse = true}));
}

struct Profiles {
    std::string current = "default"; ///< the one that commands use
    std::vector<Profile> all;

    /// Null if there is none of that name.
    const Profile* find(std::string_view name) const;
    /// Adds one, or puts it in the place of that of its name.
    void put(Profile profile);
    bool remove(std::string_view name);
};

constexpr auto describe(schema::Of<Profiles>) {
    using schema::field;
    return schema::fields(field("current", &Profiles::current), field("profiles", &Profiles::all));
}

/// The file `landfall/profiles.json` of the user's configuration. Internal with a sentence if it cannot be read or
/// written, or is none of ours.
class ProfileStore {
public:
    /// In XDG_CONFIG_HOME, else in ~/.config.
    explicit ProfileStore(const Terminal& terminal);

    /// None if there is no file.
    Result<Profiles> load() const;
    /// Changes them while no other process does; what fails changes nothing.
    Status change(const std::function<Status(Profiles&)>& change) const;
    /// Puts one there, from now on the current one.
    Status keep_current(const Profile& profile) const;

private:
    Status save(const Profiles& profiles) const;

    std::string folder_;
};

} // namespace landfall::cli
