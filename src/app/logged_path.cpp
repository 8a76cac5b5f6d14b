#include "app/logged_path.hpp"

#include <algorithm>

namespace landfall::app {
namespace {

/// What precedes a secret.
constexpr std::string_view kPrefixes[] = {"/realms/public/invitation/", "/realms/public/password/", "/share/",
                                          "/api/v1/share/"};

} // namespace

std::string logged_path(std::string_view path) {
    std::string shown(path);
    for (const std::string_view prefix : kPrefixes)
        if (shown.starts_with(prefix))
            shown.replace(prefix.size(), std::min(shown.find('/', prefix.size()), shown.size()) - prefix.size(), "***");
    return shown;
}

} // namespace landfall::app
