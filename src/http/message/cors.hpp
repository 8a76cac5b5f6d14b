#pragma once
/// The one CORS policy of every route: which origins may read answers, and the answer to a preflight (Fetch standard,
/// section 3.2).

#include "http/message/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::http {

class CorsPolicy {
public:
    /// `*` among the origins admits every one.
    explicit CorsPolicy(std::vector<std::string> origins);

    /// Appends the header lines that every answer carries.
    void append_to(std::string& head, const Headers& request) const;
    /// The answer to OPTIONS. `allow` names the methods of a known path, or is empty.
    Response preflight(const Headers& request, const std::string& allow) const;

private:
    std::vector<std::string> origins_;
    bool any_ = false;
};

} // namespace landfall::http
