#include "faces/console/console.hpp"

#include "core/conditions.hpp"
#include "core/digest.hpp"
#include "faces/console/assets.hpp"
#include "faces/pages/page.hpp"
#include "http/message/conditional.hpp"
#include "http/message/content_coding.hpp"
#include "http/message/problem.hpp"

#include <algorithm>

namespace landfall::faces {
namespace {

using console::Asset;

constexpr std::string_view kRoot = "/app/";
constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kImmutable = "assets/";
/// Where the page's `<base>` gets the way back to `/app/`, so that it works below any prefix that a proxy adds.
constexpr std::string_view kBase = "{{base}}";
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src "
    "'self'; manifest-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

const Asset* find_asset(std::string_view path) {
    const auto all = console::assets();
    const auto found = std::lower_bound(
        all.begin(), all.end(), path, [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
    return found != all.end() && found->path == path ? &*found : nullptr;
}

http::Response refuse(const http::Request& request, int status, const std::string& detail) {
    return http::problem(status, detail, request.request_id);
}

http::Response answer_asset(const http::Request& request, const Asset& asset) {
    const bool brotli = !asset.brotli.empty() && http::accepts_brotli(request.headers);
    const bool gzip = !brotli && !asset.gzip.empty() && http::accepts_gzip(request.headers);
    const std::string_view bytes = brotli ? asset.brotli : gzip ? asset.gzip : asset.plain;
    auto response = http::Response::text(200, std::string(asset.media_type), std::string(bytes));
    if (brotli || gzip)
        response.headers.set("Content-Encoding", brotli ? "br" : "gzip");
    response.headers.set("Vary", "Accept-Encoding");
    response.headers.set("Cache-Control", asset.path.starts_with(kImmutable) ? "public, max-age=31536000, immutable"
                                                                             : "public, max-age=3600");
    return response;
}

/// The page, for an address so many folders below `/app/`.
http::Response answer_page(const http::Request& request, const Asset& index, std::string_view path) {
    std::string base;
    for (auto depth = std::count(path.begin(), path.end(), '/'); depth > 0; --depth)
        base += "../";
    base = base.empty() ? "./" : base;
    std::string text(index.plain);
    if (const auto at = text.find(kBase); at != std::string::npos)
        text.replace(at, kBase.size(), base);
    const std::string etag = etag_of_content(text);
    auto full = http::Response::text(200, "text/html; charset=utf-8", std::move(text));
    full.headers.set("Cache-Control", "no-cache");
    full.headers.set("Content-Security-Policy", std::string(kPolicy));
    full.headers.set("Referrer-Policy", "same-origin");
    full.headers.set("X-Frame-Options", "DENY");
    full.headers.set("Cross-Origin-Opener-Policy", "same-origin");
    return http::answer_conditionally(request, std::move(full), {etag}, refuse);
}

http::Response without_console() {
    pages::Html body =
        pages::paragraph("This program was built without the web console (LANDFALL_WEB=OFF, or no Node was at hand). "
                         "Everything works by its API, its command line and its client libraries.");
    body << R"(<p><a href="/realms/public/account">Your account</a> · <a href="/openapi.json">The API</a></p>)";
    return pages::respond({.title = "No console here", .body = body});
}

http::Response answer(const http::Request& request) {
    const Asset* const index = find_asset(kIndex);
    if (!index)
        return without_console();
    const std::string_view path = std::string_view(request.path).substr(kRoot.size());
    if (path == kIndex || path.empty())
        return answer_page(request, *index, path);
    if (const Asset* const asset = find_asset(path))
        return answer_asset(request, *asset);
    if (path.starts_with(kImmutable))
        return refuse(request, 404, "This file is of another version of the console: load the page again");
    return answer_page(request, *index, path);
}

http::Response to_console(const http::Request& request) {
    return request.path == "/" && !has_console() ? without_console() : pages::see_other("app/");
}

http::Handler named(http::Response (*handler)(const http::Request&)) {
    return [handler](const http::Request& request) {
        auto response = handler(request);
        response.operation = "console";
        return response;
    };
}

} // namespace

bool has_console() {
    return !console::assets().empty();
}

http::Face console_face() {
    // What is wrong with other paths right below the root is the business of the face that has them.
    http::Face face({"/app", ""});
    for (const char* path : {"/", "/app"})
        face.route("GET", path, http::Lane::Inline, named(to_console));
    face.route("GET", "/app/{path...}", http::Lane::Interactive, named(answer));
    return face;
}

} // namespace landfall::faces
