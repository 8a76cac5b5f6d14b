#pragma once
/// What a backup says of itself: `manifest.json`, which is replaced as a whole once everything that it names is there,
/// and the list of objects that it names, a line of JSON each.

#include "backup/folder.hpp"
#include "core/time.hpp"
#include "schema/fields.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::backup {

inline constexpr const char* kManifest = "manifest.json";
inline constexpr std::string_view kFormat = "landfall-backup";
inline constexpr int kFormatVersion = 1;
inline constexpr std::string_view kEngines[] = {"sqlite", "postgresql"};

/// A file beside the manifest, as it was written.
struct Part {
    std::string file;
    std::int64_t bytes = 0;
    std::string sha256; ///< hexadecimal
};
constexpr auto describe(schema::Of<Part>) {
    using schema::field;
    return schema::fields(field("file", &Part::file, {.required = true, .max_length = 100}),
                          field("bytes", &Part::bytes, {.required = true, .min = 0}),
                          field("sha256", &Part::sha256, {.required = true, .min_length = 64, .max_length = 64}));
}

struct Manifest {
    std::string format{kFormat};
    int version = kFormatVersion;
    Timestamp made_at{};
    std::string landfall; ///< the program that made it
    std::string engine;
    int schema_version = 0;
    std::string store; ///< the name that catalog and object store share
    Part catalog;
    Part list;                        ///< of the objects
    std::int64_t objects = 0;         ///< in the list and in the backup
    std::int64_t objects_bytes = 0;   ///< of them all
    std::int64_t objects_damaged = 0; ///< in the list, but lost or damaged before the backup
};
constexpr auto describe(schema::Of<Manifest>) {
    using schema::field;
    using M = Manifest;
    return schema::fields(
        field("format", &M::format, {.required = true}), field("version", &M::version, {.required = true}),
        field("made_at", &M::made_at, {.required = true}), field("landfall", &M::landfall),
        field("engine", &M::engine, {.required = true, .one_of = kEngines}),
        field("schema_version", &M::schema_version, {.required = true, .min = 1}),
        field("store", &M::store, {.required = true, .max_length = 64}),
        field("catalog", &M::catalog, {.required = true}), field("list", &M::list, {.required = true}),
        field("objects", &M::objects, {.min = 0}), field("objects_bytes", &M::objects_bytes, {.min = 0}),
        field("objects_damaged", &M::objects_damaged, {.min = 0}));
}

/// An object of the list.
struct Listed {
    std::string key;
    std::int64_t bytes = 0;
    std::string sha256;   ///< hexadecimal
    bool damaged = false; ///< the store had lost or damaged it: it is not in the backup
};
constexpr auto describe(schema::Of<Listed>) {
    using schema::field;
    return schema::fields(field("key", &Listed::key, {.required = true, .max_length = 64}),
                          field("bytes", &Listed::bytes, {.required = true, .min = 0}),
                          field("sha256", &Listed::sha256, {.required = true, .max_length = 64}),
                          field("damaged", &Listed::damaged));
}

/// A manifest with its list; what it says has been held against its own digests, not against the objects.
struct Contents {
    Manifest manifest;
    std::string digest;          ///< SHA-256 of the manifest, hexadecimal: names this state of the backup
    std::vector<Listed> objects; ///< by key, each once
};
/// NotFound if the folder has no manifest; Conflict, with a sentence, if it or its list is not whole or of a newer
/// program.
Result<Contents> read_contents(const Folder& folder);

/// Writes a list and gives what the manifest says of it. It need not be on the disk on return.
Result<Part> write_list(const Folder& folder, const std::string& name, const std::vector<Listed>& objects);
/// Replaces the manifest. Durable once this returns.
Status write_manifest(const Folder& folder, const Manifest& manifest);

} // namespace landfall::backup
