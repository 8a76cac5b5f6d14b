#pragma once
/// What a call that succeeded answers, before a face sends it.

#include <string>
#include <utility>
#include <vector>

namespace landfall::admission {

struct Answer {
    std::string bytes;
    std::string media_type;
    int status = 200;            ///< as HTTP counts: 200, 201, 204; 304 where the caller has it already
    std::string etag{};          ///< strong, without quotes; empty: none
    std::string cache_control{}; ///< empty: no-store
    std::vector<std::pair<std::string, std::string>> headers{}; ///< others, e.g. Location
};

} // namespace landfall::admission
