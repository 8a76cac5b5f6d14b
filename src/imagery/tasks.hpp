#pragma once
/// What the server asks sandboxed workers to do with files: the one list of tasks and of the service, with the types of
/// their arguments and answers. The server runs them (`jobs::Launcher::run`, `jobs::ServicePool`), `app` registers who
/// does them. An answer comes from a process that has read a stranger's bytes, so the bounds of its table are a
/// defence; an answer outside them is a failed task. No GDAL here.

#include "imagery/facts.hpp"
#include "imagery/point_values.hpp"
#include "imagery/tile_request.hpp"
#include "schema/task_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::imagery {

/// The files of a worker's private folder, under names of ours.
struct WorkerFiles {
    std::string file; ///< the primary: `input.tif`
    std::vector<std::string> sidecars;
    std::string original_name; ///< as the user sent it: untrusted text, for messages
    std::string crs;           ///< given by the user: a code or WKT; empty: the file's own
    bool crs_for_none = false; ///< take that only if the file declares none
};
constexpr auto describe(schema::Of<WorkerFiles>) {
    return schema::fields(schema::field("file", &WorkerFiles::file, {.required = true, .min_length = 1}),
                          schema::field("sidecars", &WorkerFiles::sidecars),
                          schema::field("original_name", &WorkerFiles::original_name),
                          schema::field("crs", &WorkerFiles::crs, {.sparse = true}),
                          schema::field("crs_for_none", &WorkerFiles::crs_for_none));
}

struct ProbeArguments {
    WorkerFiles files;
    bool categorical_hint = false;                 ///< the user said that the values are classes
    std::optional<std::int64_t> full_decode_bytes; ///< a larger raster is only sampled; absent: the probe's own budget
    std::optional<std::int64_t> zip_bytes;         ///< what an archive may unpack to; absent: the probe's own budget
};
constexpr auto describe(schema::Of<ProbeArguments>) {
    using A = ProbeArguments;
    return schema::fields(schema::field("files", &A::files, {.required = true}),
                          schema::field("categorical_hint", &A::categorical_hint),
                          schema::field("full_decode_bytes", &A::full_decode_bytes, {.min = 0}),
                          schema::field("zip_bytes", &A::zip_bytes, {.min = 0}));
}

enum class CogCompression { Zstd, Deflate };
constexpr auto enum_names(schema::Of<CogCompression>) {
    return std::array{schema::EnumName<CogCompression>{CogCompression::Zstd, "zstd"},
                      schema::EnumName<CogCompression>{CogCompression::Deflate, "deflate"}};
}

struct CogArguments {
    WorkerFiles files;
    CogCompression compression = CogCompression::Zstd;
    int level = 1;
    int block_size = 256; ///< 256 or 512, pixels a side
    int threads = 2;
    bool categorical = false;   ///< values are classes: nothing may lie between them
    bool alpha_is_data = false; ///< the band that the file calls alpha hides nothing
};
constexpr auto describe(schema::Of<CogArguments>) {
    using A = CogArguments;
    return schema::fields(
        schema::field("files", &A::files, {.required = true}), schema::field("compression", &A::compression),
        schema::field("level", &A::level, {.min = 1, .max = 9}),
        schema::field("block_size", &A::block_size, {.min = 256, .max = 512}),
        schema::field("threads", &A::threads, {.min = 1, .max = 8}), schema::field("categorical", &A::categorical),
        schema::field("alpha_is_data", &A::alpha_is_data));
}

struct CogAnswer {
    std::string file; ///< in the folder
    std::int64_t size_bytes = 0;
    int width = 0, height = 0;
    int band_count = 0;
    std::string data_type;        ///< of all bands, as BandFacts has it
    std::optional<double> nodata; ///< of all bands
    int overviews = 0;
};
constexpr auto describe(schema::Of<CogAnswer>) {
    using A = CogAnswer;
    constexpr schema::Rules kSide{.required = true, .min = 1};
    return schema::fields(
        schema::field("file", &A::file, {.required = true, .min_length = 1, .max_length = 64}),
        schema::field("size_bytes", &A::size_bytes, kSide), schema::field("width", &A::width, kSide),
        schema::field("height", &A::height, kSide),
        schema::field("band_count", &A::band_count, {.required = true, .min = 1, .max = 65'535}),
        schema::field("data_type", &A::data_type, {.required = true, .min_length = 1, .max_length = 32}),
        schema::field("nodata", &A::nodata, {.sparse = true, .any_number = true}),
        schema::field("overviews", &A::overviews, {.required = true, .min = 0, .max = 64}));
}
/// InvalidArgument unless file and type have plain names.
Status check(const CogAnswer& answer);

struct ThumbnailArguments {
    WorkerFiles files;
    int size = 512; ///< of the longer side, pixels
    TileFormat format = TileFormat::Webp;
    int quality = 82;
    Rendering rendering;
    TileFacts facts;
};
constexpr auto describe(schema::Of<ThumbnailArguments>) {
    using A = ThumbnailArguments;
    return schema::fields(schema::field("files", &A::files, {.required = true}),
                          schema::field("size", &A::size, {.min = 16, .max = 2048}),
                          schema::field("format", &A::format),
                          schema::field("quality", &A::quality, {.min = 1, .max = 100}),
                          schema::field("rendering", &A::rendering), schema::field("facts", &A::facts));
}

struct ThumbnailAnswer {
    std::string file; ///< in the folder
    TileFormat format = TileFormat::Webp;
    int width = 0, height = 0;
};
constexpr auto describe(schema::Of<ThumbnailAnswer>) {
    using A = ThumbnailAnswer;
    constexpr schema::Rules kSide{.required = true, .min = 1, .max = 2048};
    return schema::fields(schema::field("file", &A::file, {.required = true, .min_length = 1, .max_length = 64}),
                          schema::field("format", &A::format, {.required = true}),
                          schema::field("width", &A::width, kSide), schema::field("height", &A::height, kSide));
}
/// InvalidArgument unless the file has a plain name.
Status check(const ThumbnailAnswer& answer);

struct CrsQuery {
    std::string q; ///< a code, or words of names and areas
    int limit = 20;
};
constexpr auto describe(schema::Of<CrsQuery>) {
    return schema::fields(schema::field("q", &CrsQuery::q, {.required = true, .max_length = 200}),
                          schema::field("limit", &CrsQuery::limit, {.min = 1, .max = 100}));
}

/// A coordinate reference system of the database.
struct CrsEntry {
    std::string code; ///< `EPSG:2056`
    std::string name;
    std::string area; ///< where it is used
};
constexpr auto describe(schema::Of<CrsEntry>) {
    using schema::field;
    return schema::fields(field("code", &CrsEntry::code, {.required = true, .max_length = 64}),
                          field("name", &CrsEntry::name, {.required = true, .max_length = 1024}),
                          field("area", &CrsEntry::area, {.required = true, .max_length = 4096}));
}

struct CrsList {
    std::vector<CrsEntry> crs; ///< the best match first
};
constexpr auto describe(schema::Of<CrsList>) {
    return schema::fields(schema::field("crs", &CrsList::crs, {.required = true, .max_items = 100}));
}

constexpr std::string_view schema_name(schema::Of<CrsList>) {
    return "CrsSearchOutput";
}

struct CrsText {
    std::string crs; ///< a code or WKT
};
constexpr auto describe(schema::Of<CrsText>) {
    return schema::fields(schema::field("crs", &CrsText::crs, {.required = true, .max_length = kMaxCrsText}));
}

struct CrsName {
    std::string name;
};
constexpr auto describe(schema::Of<CrsName>) {
    return schema::fields(schema::field("name", &CrsName::name, {.required = true, .max_length = 4096}));
}

/// How a file is stored. Spec: RFC 9110 section 8.4.1.
enum class ContentCoding { Gzip, Brotli };
constexpr auto enum_names(schema::Of<ContentCoding>) {
    return std::array{schema::EnumName<ContentCoding>{ContentCoding::Gzip, "gzip"},
                      schema::EnumName<ContentCoding>{ContentCoding::Brotli, "br"}};
}

struct CodedFile {
    std::string file; ///< in the folder
    ContentCoding coding = ContentCoding::Gzip;
};
constexpr auto describe(schema::Of<CodedFile>) {
    return schema::fields(schema::field("file", &CodedFile::file, {.required = true, .min_length = 1}),
                          schema::field("coding", &CodedFile::coding, {.required = true}));
}

struct ContentDigest {
    std::string sha256; ///< of the decoded bytes, hexadecimal
};
constexpr auto describe(schema::Of<ContentDigest>) {
    return schema::fields(
        schema::field("sha256", &ContentDigest::sha256, {.required = true, .min_length = 64, .max_length = 64}));
}

/// A tile, the names of the descriptors that come with the request (none: the source should be open already), and what
/// the process may keep of decoded blocks.
struct TileOrder {
    TileRequest tile;
    std::optional<PointOrder> points;        ///< values are wanted, of the tile's source and rendering, and no picture
    std::optional<std::int64_t> block_bytes; ///< absent: as it is
    std::vector<std::string> files;          ///< `input.tif`, `input.tif.ovr`, …; the image first
};
constexpr auto describe(schema::Of<TileOrder>) {
    return schema::fields(schema::field("tile", &TileOrder::tile, {.required = true}),
                          schema::field("points", &TileOrder::points),

                          schema::field("block_bytes", &TileOrder::block_bytes, {.min = 0}),
                          schema::field("files", &TileOrder::files, {.max_items = 16}));
}
Status check(const TileOrder& order);

/// What comes with the bytes of a picture, or with those of a PointAnswer as JSON.
struct TileHead {
    TileFormat format = TileFormat::Png;
    bool empty = false;     ///< no valid pixel
    bool is_values = false; ///< of points
};
constexpr auto describe(schema::Of<TileHead>) {
    return schema::fields(schema::field("format", &TileHead::format, {.required = true}),
                          schema::field("empty", &TileHead::empty, {.required = true}),
                          schema::field("is_values", &TileHead::is_values));
}
/// InvalidArgument unless the bytes begin as a picture of the format, where they are to be one.
Status check(const schema::Reply<TileHead>& reply);

/// Learns everything of one primary file, raster or vector. InvalidArgument with a sentence for the user if it cannot
/// be used.
inline constexpr schema::TaskSpec<ProbeArguments, Facts> kProbe{"probe"};
/// Makes a cloud-optimized GeoTIFF with overviews and masks. InvalidArgument if the file can't be read or decoded.
inline constexpr schema::TaskSpec<CogArguments, CogAnswer> kMakeCog{"cog"};
/// Draws the whole raster small. InvalidArgument if it can't be drawn.
inline constexpr schema::TaskSpec<ThumbnailArguments, ThumbnailAnswer> kMakeThumbnail{"thumbnail"};
/// Searches the database of coordinate reference systems.
inline constexpr schema::TaskSpec<CrsQuery, CrsList> kFindCrs{"crs.find"};
/// Tells what a coordinate reference system is called. InvalidArgument for what is none, or none of the Earth.
inline constexpr schema::TaskSpec<CrsText, CrsName> kReadCrs{"crs.read"};
/// Reads what a coded file holds, and keeps none of it. InvalidArgument if it is not of that coding, or damaged.
inline constexpr schema::TaskSpec<CodedFile, ContentDigest> kDigestContent{"digest.content"};
/// Draws tiles, and reads values at points. NotFound if the source is not open in the worker: repeat the request with
/// its files.
inline constexpr schema::ServiceSpec<TileOrder, TileHead> kDrawTile{"tile"};

} // namespace landfall::imagery
