#pragma once
/// Markdown of our own as HTML.

#include "faces/pages/html.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace landfall::faces {

/// Where a link leads from the page, or nothing for a link that leads nowhere there and becomes its text.
using LinkOf = std::function<std::string(std::string_view target)>;

/// The document in GitHub's dialect, without markup of its own. Headings get the ids that GitHub gives them, and tables
/// can be scrolled. Spec: CommonMark 0.31, GitHub Flavored Markdown 0.29.
pages::Html render_markdown(std::string_view markdown, const LinkOf& link_of);

/// The text of the first heading.
std::string title_of(std::string_view markdown);

} // namespace landfall::faces
