#pragma once

#include <string>
#include <string_view>

namespace landfall::app {

/// The address of a database, as a URL or in libpq's own form, with *** in the place of each password.
std::string hidden_password(std::string_view database);

} // namespace landfall::app
