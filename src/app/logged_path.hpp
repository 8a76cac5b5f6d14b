#pragma once

#include <string>
#include <string_view>

namespace landfall::app {

/// A path as the log shows it: with *** in the place of what is as good as a password, the secrets of links.
std::string logged_path(std::string_view path);

} // namespace landfall::app
