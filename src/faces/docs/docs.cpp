#include "faces/docs/docs.hpp"

#include "faces/docs/embedded_docs.hpp"
#include "faces/docs/markdown.hpp"
#include "faces/pages/page.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

namespace landfall::faces {
namespace {

using pages::Html;

struct Section {
    std::string_view folder, title;
};
constexpr Section kSections[] = {{"guides", "Guides"}, {"reference", "Reference"}};

bool is_embedded(std::string_view path) {
    return std::ranges::find(embedded_docs(), path, &EmbeddedDoc::path) != embedded_docs().end();
}

/// The way from the page `from` to what its Markdown calls `target`. Relative, so that it holds behind a prefix.
std::string link_from(std::string_view from, std::string_view target) {
    constexpr std::string_view kEnding = ".md";
    if (target.starts_with("https://") || target.starts_with("http://") || target.starts_with('#'))
        return std::string(target);
    const std::string_view fragment = target.substr(std::min(target.find('#'), target.size()));
    std::string_view file = target.substr(0, target.size() - fragment.size());
    if (!file.ends_with(kEnding))
        return {};
    file.remove_suffix(kEnding.size());
    const bool elsewhere = file.starts_with("../");
    const std::string path =
        elsewhere ? std::string(file.substr(3)) : std::string(from.substr(0, from.find('/') + 1)) + std::string(file);
    return is_embedded(path) ? std::string(file) + std::string(fragment) : "";
}

/// The list of all pages; `up` leads from a page to `/docs/`.
void add_list(Html& out, std::string_view up, std::string_view current) {
    for (const Section& section : kSections) {
        out << "<h2>" << section.title << "</h2><ul>";
        for (const EmbeddedDoc& doc : embedded_docs()) {
            if (!doc.path.starts_with(section.folder))
                continue;
            out << R"(<li><a href=")" << up << doc.path << R"(")";
            if (doc.path == current)
                out << R"( aria-current="page")";
            out << ">" << title_of(doc.markdown) << "</a></li>";
        }
        out << "</ul>";
    }
}

std::string page_of(const EmbeddedDoc& doc) {
    Html body;
    body << R"(<main class="docs"><nav aria-label="Documentation">)" << pages::brand();
    add_list(body, "../", doc.path);
    body << "</nav><article>"
         << render_markdown(doc.markdown, [&](std::string_view target) { return link_from(doc.path, target); })
         << "</article></main>";
    return pages::document(title_of(doc.markdown), body).str();
}

std::string front_page() {
    Html body;
    body
        << R"(<main class="docs front"><article>)" << pages::brand()
        << R"(<h1>Documentation</h1><p>Of the version that answers here. The machine's description of all operations is )"
        << R"(<a href="openapi.json">openapi.json</a>.</p>)";
    add_list(body, "docs/", "");
    body << "</article></main>";
    return pages::document("Documentation", body).str();
}

/// A page that is made when somebody first asks for it.
http::Handler made_once(const serving::Published& published, std::function<std::string()> make) {
    struct Made {
        std::once_flag once;
        http::Handler handler;
    };
    return [made = std::make_shared<Made>(), published, make = std::move(make)](const http::Request& request) {
        std::call_once(made->once,
                       [&] { made->handler = published.document(make(), "text/html; charset=utf-8", "docs"); });
        http::Response response = made->handler(request);
        pages::confine(response);
        return response;
    };
}

} // namespace

http::Face docs_face(const serving::Published& published) {
    http::Face face({"/docs"});
    face.route("GET", "/docs", http::Lane::Interactive, made_once(published, front_page));
    for (const EmbeddedDoc& doc : embedded_docs())
        face.route("GET", "/docs/" + std::string(doc.path), http::Lane::Interactive,
                   made_once(published, [&doc] { return page_of(doc); }));
    return face;
}

} // namespace landfall::faces
