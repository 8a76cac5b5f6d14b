#include "cli/profiles.hpp"

#include "cli/terminal.hpp"
#include "core/descriptor.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <unistd.h>

namespace landfall::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;

std::string config_folder(const Terminal& terminal) {
    const auto variable = [&](const char* name) {
        return terminal.environment ? terminal.environment(name).value_or("") : std::string();
    };
    const std::string xdg = variable("XDG_CONFIG_HOME");
    if (xdg.starts_with('/'))
        return xdg + "/landfall";
    const std::string home = variable("HOME");
    return home.empty() ? std::string() : home + "/.config/landfall";
}

auto cannot(std::string_view what, const std::string& file) {
    return fail(Code::Internal, fmt::format("'{}' can't be {}", file, what));
}

} // namespace

const Profile* Profiles::find(std::string_view name) const {
    const auto found = std::ranges::find(all, name, &Profile::name);
    return found == all.end() ? nullptr : &*found;
}

void Profiles::put(Profile profile) {
    const auto found = std::ranges::find(all, profile.name, &Profile::name);
    if (found == all.end())
        all.push_back(std::move(profile));
    else
        *found = std::move(profile);
}

bool Profiles::remove(std::string_view name) {
    return std::erase_if(all, [&](const Profile& profile) { return profile.name == name; }) > 0;
}

ProfileStore::ProfileStore(const Terminal& terminal) : folder_(config_folder(terminal)) {}

Result<Profiles> ProfileStore::load() const {
    const std::string file = folder_ + "/profiles.json";
    std::error_code ignored;
    if (folder_.empty() || !std::filesystem::exists(file, ignored))
        return Profiles();
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream)
        return cannot("read", file);
    const auto json = Json::parse(text);
    auto profiles = json ? schema::from_json<Profiles>(*json) : Result<Profiles>(fail(json.error()));
    if (!profiles)
        return fail(Code::Internal, fmt::format("'{}' holds no profiles; remove it and run landfall login", file));
    return profiles;
}

Status ProfileStore::change(const std::function<Status(Profiles&)>& change) const {
    if (folder_.empty())
        return fail(Code::Internal, "There is no place for profiles: set HOME or XDG_CONFIG_HOME");
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    const std::string lock_file = folder_ + "/profiles.lock";
    const Descriptor lock(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly));
    if (error || lock.get() < 0 || ::flock(lock.get(), LOCK_EX) != 0)
        return cannot("locked", lock_file);
    TRY(auto profiles, load());
    CHECK_OK(change(profiles));
    return save(profiles);
}

Status ProfileStore::keep_current(const Profile& profile) const {
    return change([&](Profiles& profiles) -> Status {
        profiles.put(profile);
        profiles.current = profile.name;
        return {};
    });
}

/// Never half, and never readable by others, not even for a moment.
Status ProfileStore::save(const Profiles& profiles) const {
    const std::string file = folder_ + "/profiles.json";
    const std::string fresh = file + ".new";
    ::unlink(fresh.c_str());
    const Descriptor made(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
    const std::string text = schema::to_json_text(profiles) + "\n";
    if (made.get() < 0 || ::write(made.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(made.get()) != 0 || ::rename(fresh.c_str(), file.c_str()) != 0)
        return cannot("written", file);
    return {};
}

} // namespace landfall::cli
