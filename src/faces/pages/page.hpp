#pragma once
/// Pages for people without a console: one layout, forms without scripts, one stylesheet. Design: section 12.

#include "faces/pages/html.hpp"
#include "http/message/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::faces::pages {

inline constexpr std::string_view kStylesheetPath = "/realms/public/pages.css";

/// A text of the program's own, kept by browsers for an hour.
http::Response fixed_text(const http::Request& request, std::string_view media_type, std::string_view text);
/// The stylesheet of all pages.
http::Response stylesheet(const http::Request& request);

struct Page {
    std::string_view title;
    Html body;
    int status = 200;
    std::string_view script{}; ///< path of the one that it runs, if it does
};
/// The page in the layout of all, never stored, under a policy that lets it load nothing but the stylesheet and its own
/// script, if it has one, and send forms nowhere but here.
http::Response respond(const Page& page);

/// What stands above all pages: the sign and the name.
Html brand();
/// The whole document around what its body holds.
Html document(std::string_view title, const Html& body);
/// The policy of all pages: nothing is loaded but the stylesheet, forms go nowhere but here, and nobody frames it.
void confine(http::Response& response);

/// Another page is to be asked for: 303 to a path of this server.
http::Response see_other(const std::string& path);

struct Option {
    std::string value, label;
    bool chosen = false;
};
/// What somebody fills in, with its label, and what was wrong with it the last time beside it.
struct Input {
    std::string_view name;
    std::string_view label;
    std::string_view type = "text";
    std::string_view autocomplete = "off";
    std::string value{};
    std::string hint{};
    std::string fault{};
    std::vector<Option> options{}; ///< of a list to choose from
    bool autofocus = false;
};
struct Button {
    std::string_view label;
    std::string_view value{}; ///< of the field `action`, if the form has more than one
    bool quiet = false;       ///< not what most people want
};
struct Hidden {
    std::string_view name;
    std::string value;
};
struct FormParts {
    std::string_view action; ///< a path of this server
    std::string_view method = "post";
    std::vector<Hidden> hidden{};
    std::vector<Input> inputs{};
    std::vector<Button> buttons{};
    std::string fault{}; ///< what was wrong with the whole
};
Html form(const FormParts& parts);

/// A paragraph of text.
Html paragraph(std::string_view text);
/// Facts by name, e.g. whence a request came.
Html facts(const std::vector<std::pair<std::string_view, std::string>>& named);

} // namespace landfall::faces::pages
