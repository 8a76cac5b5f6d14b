#pragma once
/// A browser on one of our pages, and the one-time tokens of the forms there: a form is taken once, from the browser
/// that it was given to, for what it was made for, within the hour.

#include "domain/context.hpp"
#include "faces/pages/page.hpp"
#include "http/message/form.hpp"
#include "http/message/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::faces::pages {

class Visit {
public:
    /// Both must outlive it.
    Visit(const domain::Services& services, const http::Request& request);

    const http::Request& request() const { return request_; }
    const domain::Services& services() const { return services_; }
    /// The hidden field that a form of this purpose carries.
    Hidden token_for(std::string_view purpose) const;
    /// The fields of a form that was sent. PermissionDenied, with what to do, if it is not one of this purpose that was
    /// given to this browser, or was sent before; BadRequest if it is none at all.
    Result<http::Form> take_form(std::string_view purpose) const;

    /// The page, with the cookie by which the browser is known again.
    http::Response show(const Page& page) const;
    /// A page that says why it is not the one that was wanted.
    http::Response apologize(const Error& error) const;

private:
    std::string signature_of(std::string_view purpose, std::string_view nonce, std::string_view expiry) const;

    const domain::Services& services_;
    const http::Request& request_;
    std::string browser_;
    bool is_new_ = false;
};

} // namespace landfall::faces::pages
