#include "faces/pages/page.hpp"

#include "core/conditions.hpp"
#include "faces/pages/stylesheet.hpp"
#include "http/message/conditional.hpp"
#include "http/message/problem.hpp"

namespace landfall::faces::pages {
namespace {

constexpr std::string_view kPolicy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
                                     "frame-ancestors 'none'; base-uri 'none'";

/// The id of an element that says more about an input.
std::string id_of(std::string_view name, std::string_view what) {
    return std::string(name) + "-" + std::string(what);
}

/// What a screen reader reads with an input.
void describe(Html& out, const Input& input) {
    std::string ids;
    if (!input.fault.empty())
        ids = id_of(input.name, "fault");
    if (!input.hint.empty())
        ids += (ids.empty() ? "" : " ") + id_of(input.name, "hint");
    if (!ids.empty())
        out << R"( aria-describedby=")" << ids << R"(")";
    if (!input.fault.empty())
        out << R"( aria-invalid="true")";
}

void add_select(Html& out, const Input& input) {
    out << R"(<select id=")" << input.name << R"(" name=")" << input.name << R"(")";
    describe(out, input);
    out << ">";
    for (const Option& option : input.options) {
        out << R"(<option value=")" << option.value << R"(")";
        if (option.chosen)
            out << " selected";
        out << ">" << option.label << "</option>";
    }
    out << "</select>";
}

void add_box(Html& out, const Input& input) {
    out << R"(<input id=")" << input.name << R"(" name=")" << input.name << R"(" type=")" << input.type
        << R"(" autocomplete=")" << input.autocomplete << R"(" value=")" << input.value << R"(" required)";
    if (input.autofocus)
        out << " autofocus";
    if (input.type == "text")
        out << R"( autocapitalize="off" spellcheck="false")";
    describe(out, input);
    out << ">";
}

void add_input(Html& out, const Input& input) {
    out << R"(<div class="field"><label for=")" << input.name << R"(">)" << input.label << "</label>";
    if (input.options.empty())
        add_box(out, input);
    else
        add_select(out, input);
    if (!input.fault.empty())
        out << R"(<p class="fault" id=")" << id_of(input.name, "fault") << R"(">)" << input.fault << "</p>";
    if (!input.hint.empty())
        out << R"(<p class="hint" id=")" << id_of(input.name, "hint") << R"(">)" << input.hint << "</p>";
    out << "</div>";
}

void add_button(Html& out, const Button& button) {
    out << R"(<button type="submit")";
    if (button.quiet)
        out << R"( class="quiet")";
    if (!button.value.empty())
        out << R"( name="action" value=")" << button.value << R"(")";
    out << ">" << button.label << "</button>";
}

} // namespace

http::Response fixed_text(const http::Request& request, std::string_view media_type, std::string_view text) {
    auto full = http::Response::text(200, std::string(media_type), std::string(text));
    full.headers.set("Cache-Control", "public, max-age=3600");
    const std::string etag = etag_of_content(text);
    return http::answer_conditionally(request, std::move(full), {etag},
                                      [](const http::Request& refused, int status, const std::string& detail) {
                                          return http::problem(status, detail, refused.request_id);
                                      });
}

http::Response stylesheet(const http::Request& request) {
    return fixed_text(request, "text/css; charset=utf-8", kStylesheet);
}

Html brand() {
    return R"(<p class="brand"><svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">)"
           R"(<circle cx="12" cy="12" r="11"/><path d="M2 15c4-4 7 1 10-2s5-5 10-3"/></svg>Landfall</p>)";
}

Html document(std::string_view title, const Html& body) {
    Html out;
    out << R"(<!doctype html><html lang="en"><head><meta charset="utf-8">)"
        << R"(<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">)"
        << R"(<link rel="icon" href="data:,"><link rel="stylesheet" href=")" << kStylesheetPath << R"("><title>)"
        << title << R"( · Landfall</title></head><body>)" << body << "</body></html>\n";
    return out;
}

void confine(http::Response& response) {
    response.headers.set("Content-Security-Policy", std::string(kPolicy));
    response.headers.set("Referrer-Policy", "same-origin");
    response.headers.set("X-Frame-Options", "DENY");
}

http::Response respond(const Page& page) {
    Html body;
    body << "<main>" << brand() << "<h1>" << page.title << "</h1>" << page.body << "</main>";
    if (!page.script.empty())
        body << R"(<script src=")" << page.script << R"(" defer></script>)";
    auto response = http::Response::text(page.status, "text/html; charset=utf-8", document(page.title, body).str());
    response.headers.set("Cache-Control", "no-store");
    confine(response);
    if (!page.script.empty())
        response.headers.set("Content-Security-Policy", std::string(kPolicy) + "; script-src 'self'");
    return response;
}

http::Response see_other(const std::string& path) {
    http::Response response;
    response.status = 303;
    response.headers.set("Location", path);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

Html form(const FormParts& parts) {
    Html out;
    out << R"(<form action=")" << parts.action << R"(" method=")" << parts.method << R"(">)";
    if (!parts.fault.empty())
        out << R"(<p class="fault" role="alert">)" << parts.fault << "</p>";
    for (const Hidden& hidden : parts.hidden)
        out << R"(<input type="hidden" name=")" << hidden.name << R"(" value=")" << hidden.value << R"(">)";
    for (const Input& input : parts.inputs)
        add_input(out, input);
    out << R"(<div class="buttons">)";
    for (const Button& button : parts.buttons)
        add_button(out, button);
    return out << "</div></form>";
}

Html paragraph(std::string_view text) {
    Html out;
    return out << "<p>" << text << "</p>";
}

Html facts(const std::vector<std::pair<std::string_view, std::string>>& named) {
    Html out;
    out << "<dl>";
    for (const auto& [name, value] : named)
        out << "<dt>" << name << "</dt><dd>" << value << "</dd>";
    return out << "</dl>";
}

} // namespace landfall::faces::pages
