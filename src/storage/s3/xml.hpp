#pragma once
/// Reads the XML that S3 stores answer with: elements and text, no entities of its own, no document type.

#include "core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::storage {

/// An element with the text directly within it.
struct XmlElement {
    std::string name; ///< without a namespace's prefix
    std::string text; ///< unescaped
    std::vector<XmlElement> children;

    /// The first child of that name; null if there is none.
    const XmlElement* find(std::string_view child) const;
    /// The text of the first child of that name; empty if there is none.
    std::string_view text_of(std::string_view child) const;
};

/// The root element. InvalidArgument for what is no such document, or nests deeper than 16.
Result<XmlElement> read_xml(std::string_view document);

} // namespace landfall::storage
