#include "imagery/tile_request.hpp"

#include "imagery/rendering_config.hpp"

namespace landfall::imagery {
namespace {

using namespace std::string_view_literals;

} // namespace

std::string_view media_type_of(TileFormat format) {
    switch (format) {
    case TileFormat::Png:
        return "image/png";
    case TileFormat::Webp:
        return "image/webp";
    case TileFormat::Jpeg:
        return "image/jpeg";
    }
    return "application/octet-stream";
}

bool begins_as(TileFormat format, std::string_view bytes) {
    switch (format) {
    case TileFormat::Png:
        return bytes.starts_with("\x89PNG\r\n\x1a\n"sv);
    case TileFormat::Webp:
        return bytes.starts_with("RIFF"sv) && bytes.size() > 12 && bytes.substr(8).starts_with("WEBP"sv);
    case TileFormat::Jpeg:
        return bytes.starts_with("\xff\xd8\xff"sv);
    }
    return false;
}

Status check(const TileRequest& request) {
    const std::int64_t count = std::int64_t{1} << request.z;
    if (request.x < 0 || request.x >= count)
        return fail_field("x", "The column lies outside the zoom's range.");
    if (request.y < 0 || request.y >= count)
        return fail_field("y", "The row lies outside the zoom's range.");
    Rendering plain = request.rendering;
    plain.expression.clear();
    CHECK_OK(rendering_from_config(config_from_rendering(plain), BandNames(65'535)));
    return {};
}

} // namespace landfall::imagery
