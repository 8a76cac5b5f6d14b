#include "imagery/sidecars.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace landfall::imagery {
namespace {

/// Longer ones first, so that `aux.xml` is not taken for another.
constexpr std::array<std::string_view, 22> kSuffixes = {
    "aux.xml", "wld", "tfw", "tifw", "tiffw", "jgw", "jpgw", "jpegw", "pgw", "pngw", "j2w",
    "jp2w",    "wpw", "prj", "qpj",  "ovr",   "msk", "shx",  "dbf",   "cpg", "rpb",  "rpc.txt",
};

std::string_view base_name(std::string_view file_name) {
    const std::size_t slash = file_name.find_last_of("/\\");
    return slash == std::string_view::npos ? file_name : file_name.substr(slash + 1);
}

std::string_view folder_of(std::string_view file_name) {
    return file_name.substr(0, file_name.size() - base_name(file_name).size());
}

std::string_view without_extension(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

bool is_shapefile_part(std::string_view suffix) {
    return suffix == "shx" || suffix == "dbf" || suffix == "cpg";
}

bool is_world_file(std::string_view suffix) {
    return suffix.back() == 'w' || suffix == "wld";
}

/// What is left of a sidecar's name without its suffix, lower case: `scene.tif` or `scene`.
std::string sidecar_owner(std::string_view sidecar, std::string_view suffix) {
    return lower_case(sidecar.substr(0, sidecar.size() - suffix.size() - 1));
}

std::string list_names(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < 10; ++i)
        out += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", clean_utf8(names[i], 200));
    if (names.size() > 10)
        out += fmt::format(" and {} more", names.size() - 10);
    return out;
}

} // namespace

std::optional<std::string> sidecar_suffix(std::string_view file_name) {
    const std::string name = lower_case(base_name(file_name));
    for (const std::string_view suffix : kSuffixes) {
        const char before = suffix == "rpc.txt" ? '_' : '.';
        if (name.size() > suffix.size() + 1 && name.ends_with(suffix) &&
            name[name.size() - suffix.size() - 1] == before)
            return std::string(suffix);
    }
    return std::nullopt;
}

bool is_sidecar(std::string_view file_name) {
    return sidecar_suffix(file_name).has_value();
}

std::string file_stem(std::string_view file_name) {
    const std::string_view base = base_name(file_name);
    std::string_view stem = without_extension(base);
    if (lower_case(base).ends_with(".zip")) {
        const std::string inner = lower_case(stem);
        for (const std::string_view extension : {".hgt", ".tif", ".tiff", ".shp"})
            if (inner.ends_with(extension) && inner.size() > extension.size())
                return std::string(stem.substr(0, stem.size() - extension.size()));
    }
    return std::string(stem);
}

bool belongs_to(std::string_view sidecar, std::string_view primary) {
    const auto suffix = sidecar_suffix(sidecar);
    if (!suffix || is_sidecar(primary))
        return false;
    const std::string owner = sidecar_owner(sidecar, *suffix);
    const std::string whole = lower_case(primary);
    const std::string stem =
        lower_case(folder_of(primary)) + std::string(without_extension(lower_case(base_name(primary))));
    const bool shapefile = whole.ends_with(".shp");
    if (is_shapefile_part(*suffix))
        return shapefile && owner == stem;
    return owner == whole || owner == stem;
}

Result<std::vector<FileGroup>> group_files(const std::vector<std::string>& file_names) {
    std::vector<FileGroup> groups;
    std::vector<std::string> lost;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < file_names.size(); ++i) {
        if (!seen.insert(file_names[i]).second)
            return fail(Code::InvalidArgument,
                        fmt::format("The file {} is there twice. Rename or leave out one of them.",
                                    list_names({file_names[i]})));
        if (!is_sidecar(file_names[i]))
            groups.push_back({i, {}});
    }
    for (std::size_t i = 0; i < file_names.size(); ++i) {
        if (!is_sidecar(file_names[i]))
            continue;
        bool used = false;
        for (FileGroup& group : groups) {
            if (belongs_to(file_names[i], file_names[group.primary])) {
                group.sidecars.push_back(i);
                used = true;
            }
        }
        if (!used)
            lost.push_back(file_names[i]);
    }
    if (!lost.empty())
        return fail(Code::InvalidArgument,
                    fmt::format("These sidecar files belong to no raster or vector file of the upload: {}. A sidecar "
                                "has the name of its file, as in scene.tif and scene.tfw; upload them together.",
                                list_names(lost)));
    return groups;
}

std::string sidecar_key(std::string_view sidecar) {
    return sidecar_suffix(sidecar).value_or(std::string());
}

std::string safe_sidecar_name(std::string_view sidecar, std::string_view primary_safe_name) {
    const auto suffix = sidecar_suffix(sidecar);
    if (!suffix)
        return {};
    if (*suffix == "aux.xml" || *suffix == "ovr" || *suffix == "msk")
        return fmt::format("{}.{}", primary_safe_name, *suffix);
    if (*suffix == "rpb")
        return fmt::format("{}.RPB", without_extension(primary_safe_name));
    if (*suffix == "rpc.txt")
        return fmt::format("{}_RPC.TXT", without_extension(primary_safe_name));
    // Every driver looks for .wld; the others are particular to one format.
    return fmt::format("{}.{}", without_extension(primary_safe_name), is_world_file(*suffix) ? "wld" : *suffix);
}

} // namespace landfall::imagery
