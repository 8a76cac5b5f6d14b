#include "imagery/sidecars.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

namespace landfall::imagery {
namespace {

/// Longer ones first, so that `aux.xml` is not taken for another.
constexpr std::array<std::string_view, 22> kSuffixes = {
    "aux.xml", "wld", "tfw", "tifw", "tiffw", "jgw", "jpgw", "jpegw", "pgw", "pngw", "j2w",
    "jp2w",    "wpw", "prj", "qpj",  "ovr",   "msk", "shx",  "dbf",   "cpg", "rpb",  "rpc.txt",
};

/// What a primary file may be called that is meant to be data.
constexpr auto kDataExtensions = std::to_array<std::string_view>(
    {"tif",     "tiff",    "gtiff",      "btf",      "tf8",   "cog",    "jp2", "j2k",        "jpx",  "jpg",  "jpeg",
     "png",     "webp",    "nc",         "nc4",      "cdf",   "netcdf", "h5",  "hdf",        "hdf5", "he5",  "hdf4",
     "img",     "hgt",     "asc",        "dem",      "bil",   "bip",    "bsq", "vrt",        "ecw",  "sid",  "grib",
     "grb",     "grb2",    "grib2",      "ntf",      "nitf",  "dt0",    "dt1", "dt2",        "flt",  "gpkg", "fgb",
     "geojson", "kml",     "shp",        "gml",      "gpx",   "dxf",    "dwg", "geojsonseq", "las",  "laz",  "xyz",
     "zip",     "kmz",     "7z",         "rar",      "tar",   "tgz",    "gz",  "bz2",        "xz",   "zst",  "mbtiles",
     "pmtiles", "parquet", "geoparquet", "topojson", "ndjson"});

constexpr std::string_view kSceneMetadata = "_mtl.txt";

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

/// How names are compared: lower case, in Unicode's composed form (NFC). Text that is no UTF-8 stays as it is.
std::string comparable(std::string_view name) {
    std::string lowered = lower_case(name);
    const bool plain = std::ranges::all_of(lowered, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2* const composed = plain ? nullptr : unorm2_getNFCInstance(&error);
    if (composed == nullptr)
        return lowered;
    // UTF-16 has no more units than UTF-8 has bytes, and composing never makes a text more than three times as long.
    std::vector<UChar> text(lowered.size() + 1);
    std::vector<UChar> normal(3 * text.size());
    int32_t length = 0;
    u_strFromUTF8(text.data(), static_cast<int32_t>(text.size()), &length, lowered.data(),
                  static_cast<int32_t>(lowered.size()), &error);
    length =
        unorm2_normalize(composed, text.data(), length, normal.data(), static_cast<int32_t>(normal.size()), &error);
    std::string out(3 * normal.size(), '\0');
    int32_t bytes = 0;
    u_strToUTF8(out.data(), static_cast<int32_t>(out.size()), &bytes, normal.data(), length, &error);
    if (U_FAILURE(error) != 0)
        return lowered;
    out.resize(static_cast<std::size_t>(bytes));
    return out;
}

/// A primary's name as others begin: `scene.tif` and `scene`.
struct PrimaryName {
    std::string whole, stem;
    explicit PrimaryName(std::string_view primary)
        : whole(comparable(primary)),
          stem(comparable(folder_of(primary)) + std::string(without_extension(comparable(base_name(primary))))) {}
};

/// Whether two names are one, or the longer goes on after a dot or an underscore.
bool continues(std::string_view longer, std::string_view shorter) {
    return longer.starts_with(shorter) &&
           (longer.size() == shorter.size() || longer[shorter.size()] == '.' || longer[shorter.size()] == '_');
}

/// How much of a primary's name a companion's begins with; 0: it is none of it.
std::size_t common_length(const std::string& companion, const PrimaryName& primary) {
    if (continues(companion, primary.whole))
        return primary.whole.size();
    return continues(companion, primary.stem) ? primary.stem.size() : 0;
}

/// What is left of a sidecar's name without its suffix, lower case: `scene.tif` or `scene`.
std::string sidecar_owner(std::string_view sidecar, std::string_view suffix) {
    return comparable(sidecar.substr(0, sidecar.size() - suffix.size() - 1));
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
    const PrimaryName name(primary);
    if (is_shapefile_part(*suffix))
        return name.whole.ends_with(".shp") && owner == name.stem;
    return owner == name.whole || owner == name.stem;
}

bool is_scene_metadata(std::string_view file_name, std::string_view primary) {
    const std::string name = comparable(file_name);
    if (!name.ends_with(kSceneMetadata))
        return false;
    return continues(PrimaryName(primary).stem, name.substr(0, name.size() - kSceneMetadata.size()));
}

bool promises_data(std::string_view file_name) {
    const std::string name = lower_case(base_name(file_name));
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos)
        return false;
    const std::string_view extension = std::string_view(name).substr(dot + 1);
    return std::ranges::find(kDataExtensions, extension) != kDataExtensions.end();
}

bool is_litter(std::string_view file_name) {
    const std::string name = lower_case(base_name(file_name));
    return name.starts_with("._") || name == ".ds_store" || name == "thumbs.db" || name == "desktop.ini" ||
           lower_case(file_name).starts_with("__macosx/");
}

namespace {

/// Finds the groups that each file goes to.
class Grouper {
public:
    explicit Grouper(const std::vector<SentFile>& files) : files_(files) {}

    Result<Grouping> run() {
        CHECK_OK(find_primaries());
        for (std::size_t i = 0; i < files_.size(); ++i)
            if (!is_primary(files_[i]) && !add_sidecar(i) && !add_companion(i))
                out_.left_out.push_back(i);
        return std::move(out_);
    }

private:
    static bool is_primary(const SentFile& file) {
        return file.is_data && !is_litter(file.name) && !is_sidecar(file.name);
    }

    Status find_primaries() {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < files_.size(); ++i) {
            if (!seen.insert(files_[i].name).second)
                return fail(Code::InvalidArgument,
                            fmt::format("The file \"{}\" is there twice. Rename or leave out one of them.",
                                        clean_utf8(files_[i].name, 200)));
            if (!is_primary(files_[i]))
                continue;
            out_.groups.push_back({i, {}, {}});
            names_.emplace_back(files_[i].name);
        }
        return {};
    }

    bool add_sidecar(std::size_t index) {
        bool used = false;
        for (FileGroup& group : out_.groups) {
            if (!is_litter(files_[index].name) && belongs_to(files_[index].name, files_[group.primary].name)) {
                group.sidecars.push_back(index);
                used = true;
            }
        }
        return used;
    }

    bool add_companion(std::size_t index) {
        // What would serve the reading of another file serves none here.
        const auto suffix = sidecar_suffix(files_[index].name);
        if (is_litter(files_[index].name) || (suffix && !is_shapefile_part(*suffix)))
            return false;
        const std::string name = comparable(files_[index].name);
        std::size_t longest = 0;
        for (const PrimaryName& primary : names_)
            longest = std::max(longest, common_length(name, primary));
        bool used = false;
        for (std::size_t g = 0; g < names_.size(); ++g) {
            const bool beside = longest > 0 && common_length(name, names_[g]) == longest;
            if (beside || is_scene_metadata(files_[index].name, files_[out_.groups[g].primary].name)) {
                out_.groups[g].companions.push_back(index);
                used = true;
            }
        }
        return used;
    }

    const std::vector<SentFile>& files_;
    std::vector<PrimaryName> names_; ///< of the groups' primaries
    Grouping out_;
};

} // namespace

Result<Grouping> group_files(const std::vector<SentFile>& files) {
    return Grouper(files).run();
}

std::string sidecar_key(std::string_view sidecar, std::string_view primary) {
    if (const auto suffix = sidecar_suffix(sidecar); suffix && belongs_to(sidecar, primary))
        return *suffix;
    const std::string name = comparable(sidecar);
    const PrimaryName owner(primary);
    if (continues(name, owner.stem) && name.size() > owner.stem.size() + 1)
        return clean_utf8(std::string_view(name).substr(owner.stem.size() + 1), 200);
    const std::size_t last = name.rfind('_');
    return clean_utf8(std::string_view(name).substr(last == std::string::npos ? 0 : last + 1), 200);
}

std::string_view companion_media_type(std::string_view file_name) {
    struct Type {
        std::string_view extension, media_type;
    };
    static constexpr std::array kTypes = {Type{".xml", "application/xml"},   Type{".qml", "application/xml"},
                                          Type{".sld", "application/xml"},   Type{".txt", "text/plain"},
                                          Type{".md", "text/markdown"},      Type{".csv", "text/csv"},
                                          Type{".json", "application/json"}, Type{".pdf", "application/pdf"}};
    const std::string name = lower_case(file_name);
    for (const Type& type : kTypes)
        if (name.ends_with(type.extension))
            return type.media_type;
    return "application/octet-stream";
}

std::string safe_sidecar_name(std::string_view sidecar, std::string_view primary_safe_name) {
    const auto suffix = sidecar_suffix(sidecar);
    if (!suffix && lower_case(sidecar).ends_with(kSceneMetadata))
        return fmt::format("{}_MTL.txt", without_extension(primary_safe_name));
    if (!suffix)
        return {};
    if (is_shapefile_part(*suffix) && !primary_safe_name.ends_with(".shp"))
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
