#include "domain/ingest/preflight.hpp"

#include "imagery/sidecars.hpp"
#include "imagery/sniff.hpp"
#include "imagery/tiff_head.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

using imagery::FileKind;

/// A file is decoded as far as this, bytes; of a larger one a sample is.
constexpr double kDecodedWhole = 512.0 * 1024 * 1024;
/// Bytes a second of a probe on one slow core, and what it takes at least, seconds.
constexpr double kProbeRate = 40e6;
constexpr double kProbeBase = 0.5;

std::string_view kind_name(FileKind kind) {
    switch (kind) {
    case FileKind::Raster:
        return "raster";
    case FileKind::Vector:
        return "vector";
    case FileKind::Archive:
        return "archive";
    case FileKind::Sidecar:
        return "sidecar";
    case FileKind::Unknown:
        break;
    }
    return "unknown";
}

void doubt(Preflight& told, std::string reason) {
    told.verdict = std::max(told.verdict, Verdict::Doubtful);
    told.reasons.push_back(std::move(reason));
}

void refuse(Preflight& told, std::string reason) {
    told.verdict = Verdict::Refused;
    told.reasons.push_back(std::move(reason));
}

void judge_tiff(Preflight& told, std::string_view file_name, const imagery::TiffHead& tiff) {
    if (tiff.is_past_end)
        return refuse(told, fmt::format("'{}' is truncated: it is shorter than it says. Copy it again", file_name));
    if (tiff.epsg != 0)
        told.crs = fmt::format("EPSG:{}", tiff.epsg);
    if (!tiff.is_whole || tiff.has_keys)
        return;
    doubt(told,
          tiff.is_placed
              ? "It says where its corners are, but not in which coordinate reference system. Send a .prj with it, or "
                "name the system afterwards"
              : "It does not say where it is. Send its world file and .prj with it, or it gets no place on the map");
}

void judge(Preflight& told, std::string_view file_name, std::uint64_t size, const imagery::Sniffed& sniffed,
           std::string_view head) {
    if (sniffed.kind == FileKind::Sidecar)
        return doubt(told, "It only describes another file: send it together with that");
    if (sniffed.kind == FileKind::Archive)
        told.reasons.emplace_back("What is in it is looked at when it has arrived");
    if (sniffed.extension == "hgt" || sniffed.driver == "GeoJSON" || sniffed.driver == "KML" ||
        sniffed.driver == "LIBKML")
        told.crs = "EPSG:4326";
    if (const auto tiff = imagery::read_tiff_head(head, size))
        judge_tiff(told, file_name, *tiff);
}

} // namespace

Preflight preflight(std::string_view file_name, std::uint64_t size, std::string_view head) {
    Preflight told;
    const auto sniffed = imagery::sniff(head.substr(0, imagery::kSniffBytes), file_name, size);
    if (!sniffed) {
        told.kind = kind_name(FileKind::Unknown);
        if (imagery::is_litter(file_name) || !imagery::promises_data(file_name))
            doubt(told, "It is no file that can be read. Beside one of its name it is kept, by itself it is left out");
        else
            refuse(told,
                   sniffed.error().fields.empty() ? sniffed.error().message : sniffed.error().fields.front().message);
        return told;
    }
    told.kind = kind_name(sniffed->kind);
    told.media_type = sniffed->media_type;
    judge(told, file_name, size, *sniffed, head);
    told.estimated_seconds = kProbeBase + std::min(static_cast<double>(size), kDecodedWhole) / kProbeRate;
    return told;
}

} // namespace landfall::domain
