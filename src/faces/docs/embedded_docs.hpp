#pragma once
/// The guides and references, which the build puts into the program.

#include <span>
#include <string_view>

namespace landfall::faces {

struct EmbeddedDoc {
    std::string_view path; ///< in docs/, without its ending: `guides/uploading`
    std::string_view markdown;
};

/// All, by path.
std::span<const EmbeddedDoc> embedded_docs();

} // namespace landfall::faces
