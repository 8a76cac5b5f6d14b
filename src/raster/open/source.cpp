#include "raster/open/source.hpp"

#include "core/text.hpp"
#include "imagery/sidecars.hpp"
#include "raster/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace landfall::raster {
namespace {

constexpr std::size_t kMaxAuxXml = 32U << 20U;
constexpr std::size_t kMaxPrj = 64U << 10U;
constexpr std::size_t kMaxSceneMetadata = 256U << 10U;
constexpr std::string_view kSceneMetadata = "_MTL.txt"; ///< as `safe_sidecar_name` calls it

/// Names in the private folder were chosen by us; anything else is a caller's mistake.
bool is_chosen_name(std::string_view name) {
    return !name.empty() && name.front() != '.' && name.size() <= 64 &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                      c == '_' || c == '-';
           });
}

std::string join(const std::string& folder, const std::string& name) {
    return folder + "/" + name;
}

Result<Sniffed> sniff_file(const FileReader& file, const std::string& name) {
    return sniff(file.text(0, kSniffBytes), name, file.size());
}

/// PAM files may name further files (OVERVIEW_FILE) or declare entities past what `sniff` has seen.
Status check_aux_xml(const FileReader& file) {
    if (file.size() > kMaxAuxXml)
        return fail(Code::InvalidArgument, "The .aux.xml sidecar is larger than 32 MiB. Leave it out.");
    const std::string text = file.text(0, kMaxAuxXml);
    const bool points_away = text.find("OVERVIEW_FILE") != std::string::npos ||
                             text.find("/vsi") != std::string::npos || text.find("<VRT") != std::string::npos;
    if (has_xml_declarations(text) || points_away)
        return fail(Code::InvalidArgument, "The .aux.xml sidecar declares entities or points to other files, which is "
                                           "not accepted. Leave it out or write it again with gdal_translate.");
    return {};
}

Status check_sidecar(const SourceRequest& request, const std::string& name, Source& source) {
    TRY(const FileReader file, FileReader::open(join(request.folder, name)));
    if (name.ends_with(kSceneMetadata)) {
        source.scene_metadata = file.text(0, kMaxSceneMetadata);
        return {};
    }
    TRY(const Sniffed what, sniff_file(file, name));
    if (what.kind != FileKind::Sidecar)
        return fail_internal("not a sidecar: " + name);
    if (what.extension == "aux.xml")
        return check_aux_xml(file);
    if (what.extension == "ovr" || what.extension == "msk")
        return read_tiff_structure(file, request.raster_limits).map([](const TiffStructure&) {});
    if (what.extension == "prj")
        source.prj_text = file.text(0, kMaxPrj);
    return {};
}

/// An archive's entry that is a file on its own.
struct Candidate {
    const ZipEntry* entry;
    Sniffed what;
};

bool is_picture(const Candidate& candidate) {
    return candidate.what.driver == "PNG" || candidate.what.driver == "JPEG" || candidate.what.driver == "WEBP";
}

Result<std::vector<Candidate>> find_candidates(const FileReader& file, const std::vector<ZipEntry>& entries) {
    std::vector<Candidate> found;
    for (const ZipEntry& entry : entries) {
        if (is_sidecar(entry.name) || entry.name.starts_with("__MACOSX/") || entry.size == 0)
            continue;
        TRY(const std::string head, peek_zip(file, entry, kSniffBytes));
        if (auto what = sniff(head, entry.name, entry.size);
            what && (what->kind == FileKind::Raster || what->kind == FileKind::Vector))
            found.push_back({&entry, *std::move(what)});
    }
    return found;
}

Result<Candidate> choose_candidate(std::vector<Candidate> found, std::vector<std::string>& warnings) {
    if (found.size() > 1) {
        // A browse picture beside the data is common in archives of scenes.
        const auto pictures = std::count_if(found.begin(), found.end(), is_picture);
        if (static_cast<std::size_t>(pictures) + 1 == found.size()) {
            std::erase_if(found, is_picture);
            warnings.emplace_back("The pictures in the archive were left out.");
        }
    }
    if (found.empty())
        return fail(Code::InvalidArgument, "The ZIP archive holds no raster or vector file that Landfall can read. "
                                           "Accepted are a Shapefile, a GeoTIFF, an .hgt tile or a KML file in it.");
    if (found.size() > 1)
        return fail(Code::InvalidArgument,
                    fmt::format("The ZIP archive holds {} raster or vector files, among them \"{}\" and \"{}\". Upload "
                                "them unpacked, or one archive for each.",
                                found.size(), clean_utf8(found[0].entry->name, 200),
                                clean_utf8(found[1].entry->name, 200)));
    return std::move(found.front());
}

Status unpack(const SourceRequest& request, const FileReader& file, Source& source,
              std::vector<std::string>& sidecars) {
    TRY(const std::vector<ZipEntry> entries, list_zip(file, request.zip_limits));
    TRY(std::vector<Candidate> found, find_candidates(file, entries));
    TRY(Candidate chosen, choose_candidate(std::move(found), source.warnings));
    source.what = std::move(chosen.what);
    source.path = join(request.folder, source.what.safe_name);
    source.stem = file_stem(chosen.entry->name);
    CHECK_OK(unpack_zip(file, *chosen.entry, source.path));
    for (const ZipEntry& entry : entries) {
        if (!belongs_to(entry.name, chosen.entry->name) && !is_scene_metadata(entry.name, chosen.entry->name))
            continue;
        const std::string name = safe_sidecar_name(entry.name, source.what.safe_name);
        if (std::find(sidecars.begin(), sidecars.end(), name) != sidecars.end())
            continue;
        CHECK_OK(unpack_zip(file, entry, join(request.folder, name)));
        sidecars.push_back(name);
    }
    return {};
}

Status check_structure(const SourceRequest& request, Source& source, const std::vector<std::string>& sidecars) {
    if (source.what.driver == "GTiff") {
        TRY(const FileReader file, FileReader::open(source.path));
        TRY(source.tiff, read_tiff_structure(file, request.raster_limits));
    }
    const bool has_index = std::any_of(sidecars.begin(), sidecars.end(),
                                       [](const std::string& name) { return sidecar_suffix(name) == "shx"; });
    if (source.what.driver == "ESRI Shapefile" && !has_index)
        return fail(Code::InvalidArgument, "The Shapefile is incomplete: its .shx file is missing. Upload .shp, .shx, "
                                           ".dbf and .prj together, best as one ZIP archive.");
    return {};
}

} // namespace

SourceRequest source_request(const std::string& folder, const WorkerFiles& files) {
    SourceRequest request;
    request.folder = folder;
    request.file = files.file;
    request.sidecars = files.sidecars;
    request.original_name = files.original_name.empty() ? files.file : files.original_name;
    request.given_crs = {files.crs, files.crs_for_none};
    return request;
}

Result<Source> prepare_source(const SourceRequest& request) {
    if (!is_chosen_name(request.file) || !std::all_of(request.sidecars.begin(), request.sidecars.end(), is_chosen_name))
        return fail_internal("a file name in the private folder is not one that was chosen by the server");
    Source source;
    source.given_crs = request.given_crs;
    source.path = join(request.folder, request.file);
    source.stem = file_stem(request.original_name.empty() ? request.file : request.original_name);
    std::vector<std::string> sidecars = request.sidecars;
    {
        TRY(const FileReader file, FileReader::open(source.path));
        TRY(source.what, sniff_file(file, request.file));
        source.media_type = source.what.media_type;
        if (source.what.kind == FileKind::Archive)
            CHECK_OK(unpack(request, file, source, sidecars));
    }
    if (source.what.kind != FileKind::Raster && source.what.kind != FileKind::Vector)
        return fail_internal("the primary file is neither raster nor vector");
    for (const std::string& name : sidecars)
        CHECK_OK(check_sidecar(request, name, source));
    CHECK_OK(check_structure(request, source, sidecars));
    return source;
}

} // namespace landfall::raster
