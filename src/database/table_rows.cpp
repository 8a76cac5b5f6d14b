#include "database/table_rows.hpp"

#include <fmt/format.h>

namespace landfall::database {

tl::unexpected<Error> unknown_name(std::string_view table, std::string_view column, std::string_view text) {
    constexpr std::size_t kShown = 100;
    return fail_internal(fmt::format("{}.{} holds \"{}\", which is no name that this program knows", table, column,
                                     text.substr(0, kShown)));
}

} // namespace landfall::database
