#include "raster/open/crs.hpp"

#include "core/text.hpp"
#include "raster/open/drivers.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cpl_string.h>
#include <cstdlib>
#include <numbers>

namespace landfall::raster {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr int kMinConfidence = 90; ///< of 100: all but the name agrees

std::optional<int> code_of(const OGRSpatialReference& crs) {
    const char* const authority = crs.GetAuthorityName(nullptr);
    const char* const code = crs.GetAuthorityCode(nullptr);
    if (authority == nullptr || code == nullptr)
        return std::nullopt;
    if (std::string_view(authority) == "OGC" && std::string_view(code) == "CRS84")
        return 4326;
    if (std::string_view(authority) != "EPSG")
        return std::nullopt;
    const int number = std::atoi(code);
    return number > 0 ? std::optional(number) : std::nullopt;
}

/// The EPSG entry that means the same as a system without a code; nothing if two or none do.
std::optional<int> match_code(const OGRSpatialReference& crs) {
    int count = 0;
    int* confidence = nullptr;
    OGRSpatialReferenceH* const matches = crs.FindMatches(nullptr, &count, &confidence);
    std::optional<int> found;
    bool ambiguous = false;
    const std::array<const char*, 3> options = {"CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS",
                                                "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", nullptr};
    for (int i = 0; i < count; ++i) {
        const auto* const match = OGRSpatialReference::FromHandle(matches[i]);
        const auto code = code_of(*match);
        if (confidence[i] < kMinConfidence || !code || crs.IsSame(match, options.data()) == 0)
            continue;
        ambiguous = ambiguous || (found && *found != *code);
        found = found ? found : code;
    }
    OSRFreeSRSArray(matches);
    CPLFree(confidence);
    return ambiguous ? std::nullopt : found;
}

bool is_number(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_code(std::string_view text) {
    return !text.empty() && text.size() <= 16 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
}

/// Of a registry in PROJ's database of systems on the Earth.
bool is_authority(std::string_view name) {
    constexpr std::array<std::string_view, 4> kKnown{"esri", "ogc", "ignf", "nkg"};
    return std::ranges::find(kKnown, name) != kKnown.end();
}

} // namespace

void CrsDeleter::operator()(OGRSpatialReference* crs) const {
    crs->Release();
}
void CrsDeleter::operator()(OGRCoordinateTransformation* transformation) const {
    OGRCoordinateTransformation::DestroyCT(transformation);
}

CrsFacts describe_crs(const OGRSpatialReference& crs) {
    const QuietErrors quiet;
    CrsFacts facts;
    char* text = nullptr;
    const std::array<const char*, 3> options = {"FORMAT=WKT2_2019", "MULTILINE=NO", nullptr};
    if (crs.exportToWkt(&text, options.data()) == OGRERR_NONE && text != nullptr)
        facts.wkt = clean_utf8(text, std::size_t{64} << 10U);
    CPLFree(text);
    if (const char* const name = crs.GetName(); name != nullptr)
        facts.name = clean_utf8(name, kMaxText);
    facts.geographic = crs.IsGeographic() != 0;
    OGRErr error = OGRERR_NONE;
    const double semi_major = crs.GetSemiMajor(&error);
    facts.on_earth = crs.IsLocal() == 0 && error == OGRERR_NONE && semi_major > 6.3e6 && semi_major < 6.45e6;
    facts.epsg = code_of(crs);
    if (!facts.epsg && facts.on_earth)
        facts.epsg = match_code(crs);
    return facts;
}

std::optional<int> contradicted_code(const OGRSpatialReference& crs) {
    const QuietErrors quiet;
    const char* const name = crs.GetName();
    if (name == nullptr || code_of(crs) || match_code(crs))
        return std::nullopt;
    int count = 0;
    OGRSpatialReferenceH* const matches = crs.FindMatches(nullptr, &count, nullptr);
    std::optional<int> found;
    for (int i = 0; i < count && !found; ++i) {
        const auto* const match = OGRSpatialReference::FromHandle(matches[i]);
        if (const char* const other = match->GetName(); other != nullptr && std::string_view(other) == name)
            found = code_of(*match);
    }
    OSRFreeSRSArray(matches);
    return found;
}

CrsHandle copy_crs(const OGRSpatialReference& crs) {
    CrsHandle copy(crs.Clone());
    copy->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return copy;
}

bool fits_geotiff(const OGRSpatialReference& crs) {
    const QuietErrors quiet;
    const std::string path = fmt::format("/vsimem/{}.tif", static_cast<const void*>(&crs));
    GDALDriver* const driver = GetGDALDriverManager()->GetDriverByName("GTiff");
    DatasetHandle file(driver->Create(path.c_str(), 1, 1, 1, GDT_Byte, nullptr));
    if (file == nullptr || file->SetSpatialRef(&crs) != CE_None)
        return false;
    file.reset();
    // What does not fit, GDAL notes beside the file.
    VSIUnlink((path + ".aux.xml").c_str());
    file = open_raster(path, "GTiff");
    const OGRSpatialReference* const found = file == nullptr ? nullptr : file->GetSpatialRef();
    const bool same = found != nullptr && found->IsGeographic() == crs.IsGeographic() &&
                      found->IsProjected() == crs.IsProjected() && found->IsLocal() == crs.IsLocal();
    file.reset();
    VSIUnlink(path.c_str());
    return same;
}

CrsHandle wgs84() {
    CrsHandle crs(new OGRSpatialReference());
    crs->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    crs->importFromEPSG(4326);
    return crs;
}

CrsHandle crs_from_prj(const std::string& text) {
    const QuietErrors quiet;
    CrsHandle crs(new OGRSpatialReference());
    const CPLStringList lines(CSLTokenizeString2(text.c_str(), "\r\n", CSLT_STRIPLEADSPACES));
    if (crs->importFromESRI(const_cast<char**>(lines.List())) != OGRERR_NONE)
        return {};
    crs->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return crs;
}

CrsHandle crs_from_text(const std::string& text) {
    const QuietErrors quiet;
    const auto end = text.find_last_not_of(" \t\r\n");
    const auto begin = text.find_first_not_of(" \t\r\n");
    const std::string given = end == std::string::npos ? "" : text.substr(begin, end + 1 - begin);
    CrsHandle crs(new OGRSpatialReference());
    const auto colon = given.find(':');
    const std::string code = colon == std::string::npos ? given : given.substr(colon + 1);
    const std::string authority = lower_case(given.substr(0, colon == std::string::npos ? 0 : colon));
    OGRErr error = OGRERR_FAILURE;
    if (given.find('[') != std::string::npos)
        error = crs->importFromWkt(given.c_str());
    else if (!is_code(code))
        return {};
    else if (authority.empty() || authority == "epsg")
        error = is_number(code) ? crs->importFromEPSG(std::atoi(code.c_str())) : OGRERR_FAILURE;
    else if (is_authority(authority))
        error = crs->SetFromUserInput(given.c_str());
    if (error != OGRERR_NONE || crs->IsEmpty() != 0)
        return {};
    crs->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return crs;
}

CrsHandle GivenCrs::instead(bool declared) const {
    return text.empty() || (for_none && declared) ? CrsHandle() : crs_from_text(text);
}

double world_width(const OGRSpatialReference& crs) {
    if (crs.IsGeographic())
        return 2 * std::numbers::pi / crs.GetAngularUnits();
    const char* projection = crs.GetAttrValue("PROJECTION");
    if (!projection)
        return 0;
    const std::string name = projection;
    if (name != SRS_PT_MERCATOR_1SP && name != SRS_PT_MERCATOR_2SP && name != SRS_PT_EQUIRECTANGULAR)
        return 0;
    const double axis = name == SRS_PT_EQUIRECTANGULAR || name == SRS_PT_MERCATOR_2SP
                            ? std::cos(crs.GetProjParm(SRS_PP_STANDARD_PARALLEL_1, 0) * std::numbers::pi / 180)
                            : crs.GetProjParm(SRS_PP_SCALE_FACTOR, 1);
    return 2 * std::numbers::pi * crs.GetSemiMajor() * axis / crs.GetLinearUnits();
}

TransformationHandle to_lonlat(const OGRSpatialReference& crs) {
    const QuietErrors quiet;
    const CrsHandle from = copy_crs(crs);
    if (from->IsCompound() != 0)
        from->StripVertical();
    const CrsHandle target = wgs84();
    return TransformationHandle(OGRCreateCoordinateTransformation(from.get(), target.get()));
}

} // namespace landfall::raster
