#pragma once
/// Documents that are the same for everybody until another version of the program serves them.

#include "admission/rate_limit.hpp"
#include "domain/context.hpp"
#include "http/message/message.hpp"

#include <memory>
#include <string>

namespace landfall::serving {

/// Gives them within the limit of reads without a credential that one address has at this server. Copies share the
/// limit. The services must outlive it and its handlers.
class Published {
public:
    explicit Published(const domain::Services& services)
        : services_(services), rates_(std::make_shared<admission::RateLimiter>()) {}

    /// Answers with the text, coded once, and conditionally. `operation` names it in the log. In memory: it may answer
    /// inline.
    http::Handler document(const std::string& text, const std::string& media_type, const std::string& operation) const;

private:
    const domain::Services& services_;
    std::shared_ptr<admission::RateLimiter> rates_;
};

} // namespace landfall::serving
