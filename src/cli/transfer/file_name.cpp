#include "cli/transfer/file_name.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace landfall::cli {
namespace {

constexpr std::size_t kLongestName = 200;

// The first extension of a type is the usual one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kTypes{{
    {".tif", "image/tiff"},
    {".tiff", "image/tiff"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".jp2", "image/jp2"},
    {".geojson", "application/geo+json"},
    {".json", "application/json"},
    {".xml", "application/xml"},
    {".zip", "application/zip"},
    {".gpkg", "application/geopackage+sqlite3"},
    {".parquet", "application/vnd.apache.parquet"},
    {".fgb", "application/flatgeobuf"},
    {".kml", "application/vnd.google-earth.kml+xml"},
    {".kmz", "application/vnd.google-earth.kmz"},
    {".nc", "application/netcdf"},
    {".h5", "application/x-hdf5"},
    {".hdf5", "application/x-hdf5"},
    {".laz", "application/vnd.laszip"},
    {".las", "application/vnd.las"},
    {".csv", "text/csv"},
    {".txt", "text/plain"},
    {".md", "text/markdown"},
    {".pdf", "application/pdf"},
    {".gz", "application/gzip"},
}};

/// The raw value of a parameter of a header, found outside of quotes.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
    bool quoted = false;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (quoted && header[i] == '\\') {
            ++i;
            continue;
        }
        if (header[i] == '"')
            quoted = !quoted;
        if (quoted || header[i] != ';')
            continue;
        const auto start = header.find_first_not_of(" \t", i + 1);
        if (start == std::string_view::npos || header.size() - start <= name.size())
            continue;
        if (lower_case(header.substr(start, name.size())) == name && header[start + name.size()] == '=')
            return std::string(header.substr(start + name.size() + 1));
    }
    return std::nullopt;
}

std::string unquoted(std::string_view text) {
    if (!text.starts_with('"')) {
        std::string token(text.substr(0, text.find(';')));
        while (!token.empty() && (token.back() == ' ' || token.back() == '\t'))
            token.pop_back();
        return token;
    }
    std::string out;
    for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size())
            ++i;
        out += text[i];
    }
    return out;
}

} // namespace

std::string safe_file_name(std::string_view name) {
    const auto separator = name.find_last_of("/\\");
    if (separator != std::string_view::npos)
        name.remove_prefix(separator + 1);
    std::string out;
    for (const char c : clean_utf8(name, name.size() * 3)) {
        if (is_control(c) || std::string_view("<>:\"|?*").find(c) != std::string_view::npos)
            out += '_';
        else
            out += c;
    }
    out.erase(0, out.find_first_not_of(". ")); // hidden files configure programs
    while (!out.empty() && (out.back() == '.' || out.back() == ' '))
        out.pop_back();
    if (out.starts_with("-"))
        out.front() = '_'; // programs would take it for a flag
    if (out.size() > kLongestName) {
        const auto dot = out.rfind('.');
        const std::string extension = dot != std::string::npos && out.size() - dot <= 12 ? out.substr(dot) : "";
        out = clean_utf8(out, kLongestName - extension.size()) + extension;
    }
    return out.empty() ? "download" : out;
}

std::optional<std::string> disposition_file_name(std::string_view header) {
    if (const auto extended = parameter(header, "filename*")) {
        const std::string text = unquoted(*extended);
        const auto charset = text.find('\'');
        const auto language = charset == std::string::npos ? charset : text.find('\'', charset + 1);
        if (language != std::string::npos && lower_case(text.substr(0, charset)) == "utf-8")
            if (auto decoded = percent_decode(text.substr(language + 1)); decoded && !decoded->empty())
                return decoded;
    }
    if (const auto plain = parameter(header, "filename"))
        if (std::string text = unquoted(*plain); !text.empty())
            return text;
    return std::nullopt;
}

std::string media_type_of(std::string_view file_name) {
    const std::string name = lower_case(file_name);
    for (const auto& [extension, type] : kTypes)
        if (name.size() > extension.size() && name.ends_with(extension))
            return std::string(type);
    return "application/octet-stream";
}

std::string extension_of(std::string_view media_type) {
    const std::string_view plain = media_type.substr(0, media_type.find(';'));
    for (const auto& [extension, type] : kTypes)
        if (type == plain)
            return std::string(extension);
    return {};
}

} // namespace landfall::cli
