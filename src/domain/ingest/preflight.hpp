#pragma once
/// What will become of a file, told from its name, its size and its first bytes before the rest is sent. Contract:
/// extensions.md Catalog, `uploads.preflight`.

#include "schema/fields.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::domain {

/// Doubtful: it is taken, but somebody should look at the reasons first.
enum class Verdict { Ok, Doubtful, Refused };
constexpr auto enum_names(schema::Of<Verdict>) {
    return std::array{std::pair{Verdict::Ok, "ok"}, std::pair{Verdict::Doubtful, "doubtful"},
                      std::pair{Verdict::Refused, "refused"}};
}

struct Preflight {
    Verdict verdict = Verdict::Ok;
    std::string kind;               ///< raster, vector, archive, sidecar or unknown
    std::string media_type;         ///< empty: unknown
    std::optional<std::string> crs; ///< a code, as far as the first bytes tell
    std::vector<std::string> reasons;
    double estimated_seconds = 0; ///< from `uploads.complete` on, on an idle server
};

/// How many first bytes help.
inline constexpr std::size_t kPreflightBytes = 64 * 1024;

/// `head`: the first bytes, kPreflightBytes of them if there are as many. `size`: of the whole file, bytes.
Preflight preflight(std::string_view file_name, std::uint64_t size, std::string_view head);

} // namespace landfall::domain
