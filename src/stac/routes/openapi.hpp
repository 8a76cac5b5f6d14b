#pragma once
/// What a STAC API publishes of itself for programs and people: made of its routes, so that both agree. Contract:
/// swisstopo.md section 22.

#include "http/message/message.hpp"
#include "stac/dialect.hpp"

#include <span>
#include <string>
#include <string_view>

namespace landfall::stac {

inline constexpr std::string_view kOpenApiType = "application/vnd.oai.openapi+yaml;version=3.0";

struct DescribedRoute {
    std::string_view path; ///< below the base
    std::string_view method;
    std::string_view act;
    std::string_view summary;
    bool changes = false; ///< needs credentials
};

/// Whether a document tells of what changes something as well.
enum class Extent { Reading, All };

/// An OpenAPI 3.0 document, as JSON, which is YAML.
std::string openapi_text(const Dialect& dialect, std::span<const DescribedRoute> routes, Extent extent);
/// The same for people: a page without scripts.
std::string openapi_page(const Dialect& dialect, std::span<const DescribedRoute> routes, Extent extent);

/// One of these as an answer, for whoever may keep it.
http::Response show_document(const http::Request& request, std::string_view media_type, const std::string& text);

} // namespace landfall::stac
