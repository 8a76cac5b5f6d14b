#include "imagery/tile_request.hpp"

#include "imagery/rendering_config.hpp"

#include <algorithm>

namespace landfall::imagery {
namespace {

constexpr std::array<std::string_view, 3> kFormats = {"png", "webp", "jpeg"};
constexpr int kMaxZoom = 24;
constexpr int kMinSize = 16;
constexpr int kMaxSize = 1024;

} // namespace

Json to_json(const TileRequest& request) {
    return Json::object({
        {"source", request.source},
        {"driver", request.driver},
        {"extension", request.extension},
        {"z", request.z},
        {"x", request.x},
        {"y", request.y},
        {"size", request.size},
        {"format", kFormats[static_cast<std::size_t>(request.format)]},
        {"quality", request.quality},
        {"rendering", config_from_rendering(request.rendering)},
        {"facts", request.facts},
    });
}

Result<TileRequest> tile_request_from_json(const Json& json) {
    TileRequest request;
    request.source = json["source"].as_string();
    request.driver = json["driver"].as_string();
    request.extension = json["extension"].as_string();
    if (request.source.empty() || request.driver.empty())
        return fail_field("source", "A tile request names its source and its driver.");
    const std::int64_t z = json["z"].as_integer(-1);
    if (z < 0 || z > kMaxZoom)
        return fail_field("z", "The zoom must be from 0 to 24.");
    request.z = static_cast<int>(z);
    request.x = json["x"].as_integer(-1);
    request.y = json["y"].as_integer(-1);
    const std::int64_t count = std::int64_t{1} << z;
    if (request.x < 0 || request.x >= count)
        return fail_field("x", "The column lies outside the zoom's range.");
    if (request.y < 0 || request.y >= count)
        return fail_field("y", "The row lies outside the zoom's range.");
    const std::int64_t size = json["size"].as_integer(256);
    if (size < kMinSize || size > kMaxSize)
        return fail_field("size", "The tile size must be from 16 to 1024 pixels.");
    request.size = static_cast<int>(size);
    const auto format = std::find(kFormats.begin(), kFormats.end(), json["format"].as_view());
    if (format == kFormats.end())
        return fail_field("format", "The format must be png, webp or jpeg.");
    request.format = static_cast<TileFormat>(format - kFormats.begin());
    request.quality = static_cast<int>(std::clamp<std::int64_t>(json["quality"].as_integer(82), 1, 100));
    request.facts = json["facts"];
    // Bands and expressions are resolved against the file when it is open; here only their form is read.
    const Json config = json["rendering"].is_object() ? json["rendering"] : Json::object();
    Json plain = config;
    plain.erase("expression");
    TRY(request.rendering, rendering_from_config(plain, BandNames(65'535)));
    request.rendering.expression = config["expression"].as_string();
    return request;
}

std::string tile_answer(const Tile& tile) {
    std::string answer = Json::object({{"media_type", tile.media_type}, {"empty", tile.empty}}).dump();
    answer += '\n';
    answer += tile.bytes;
    return answer;
}

Result<Tile> tile_from_answer(const std::string& answer) {
    const auto line = answer.find('\n');
    if (line == std::string::npos)
        return fail_internal("a tile answer has no header");
    const auto header = Json::parse(std::string_view(answer).substr(0, line));
    if (!header)
        return fail_internal("a tile answer has a broken header");
    Tile tile;
    tile.media_type = (*header)["media_type"].as_string();
    tile.empty = (*header)["empty"].as_bool();
    tile.bytes = answer.substr(line + 1);
    return tile;
}

} // namespace landfall::imagery
