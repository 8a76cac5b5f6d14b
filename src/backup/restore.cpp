#include "backup/restore.hpp"

#include "backup/bytes.hpp"
#include "catalog/items/object.hpp"
#include "catalog/ledger/store_identity.hpp"
#include "catalog/migrations/schema.hpp"
#include "core/text.hpp"
#include "database/dump.hpp"
#include "storage/file_io.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace landfall::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSqlite = "sqlite:";
constexpr const char* kMark = "restore-unfinished.json";
constexpr std::string_view kServerLock = ".server"; ///< of a server that ran, or of the restore itself

std::string mark_in(const std::string& folder) {
    return folder + "/" + kMark;
}

tl::unexpected<Error> failed(const std::string& path, std::string_view doing) {
    return fail(Code::Unavailable,
                fmt::format("{} cannot be {}: {}", path, doing, std::generic_category().message(errno)));
}

/// A new file that only we may read, in place of any that is there.
Result<Descriptor> create_private(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return failed(path, "replaced");
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file)
        return failed(path, "written");
    return file;
}

Status sync_folder(const std::string& path) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder ? storage::sync_file(folder.get()) : Status(failed(path, "opened"));
}

/// Gives a file that is on the disk its name, durably.
Status put_in_place(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0)
        return failed(to, "written");
    const auto above = fs::path(to).parent_path();
    return sync_folder(above.empty() ? "." : above.string());
}

/// The backup that an unfinished restore is of; empty if there is no such restore.
Result<std::string> marked_in(const std::string& folder) {
    constexpr std::size_t kLargest = 4096;
    const std::string path = mark_in(folder);
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file)
        return errno == ENOENT || errno == ENOTDIR ? Result<std::string>("") : failed(path, "read");
    std::string text(kLargest, '\0');
    TRY(const std::size_t got,
        storage::read_fully(file.get(), 0, std::as_writable_bytes(std::span(text.data(), text.size()))));
    text.resize(got);
    const auto json = Json::parse(text);
    // One that was being written when its restore was killed: nothing followed it.
    return json ? (*json)["backup"].as_string("unknown") : "unknown";
}

} // namespace

Error Backup::not_whole(std::string_view why) const {
    return {Code::Conflict, fmt::format("The backup at {} is not whole: {}", folder_.path(), why)};
}

Result<Backup> Backup::open(const std::string& path) {
    TRY(auto folder, Folder::open(path));
    auto contents = read_contents(folder);
    if (!contents && contents.error().code == Code::NotFound)
        return fail(Code::NotFound, "There is no whole backup at " + path +
                                        ": it has no manifest.json, or a file that it names is gone");
    if (!contents)
        return fail(std::move(contents).error());
    if (contents->manifest.schema_version > catalog::newest_schema_version())
        return fail(
            Code::Conflict,
            fmt::format("The backup at {} has schema version {}, but this program knows versions up to {} only. "
                        "Restore it with a newer version of the program",
                        path, contents->manifest.schema_version, catalog::newest_schema_version()));
    return Backup(std::move(folder), *std::move(contents));
}

Status Backup::check_folder(const Destination& to) const {
    TRY(const std::string marked, marked_in(to.folder));
    if (marked == contents_.digest || marked == "unknown")
        return {};
    if (!marked.empty())
        return fail(Code::Conflict, to.folder +
                                        " holds an unfinished restore of another backup, or of another state of "
                                        "this one. Empty the folder, or finish that restore");
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(to.folder, error))
        if (entry.path().extension() != kServerLock)
            return fail(Code::Conflict,
                        fmt::format("{} is not empty: {} is there. A backup is restored into a new folder "
                                    "only, and beside no server",
                                    to.folder, entry.path().filename().string()));
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(Code::Unavailable, to.folder + " cannot be listed: " + error.message());
    return {};
}

/// Whether an interrupted restore has filled the database of PostgreSQL. Conflict if it holds anything else.
Result<bool> Backup::is_loaded(const Destination& to) const {
    TRY(const int version, database::schema_version(to.database_url));
    if (version == 0)
        return false;
    TRY(const std::string marked, marked_in(to.folder));
    database::DatabaseOptions options;
    options.url = to.database_url;
    options.readers = 1;
    options.schema = database::SchemaChange::None;
    std::string name;
    if (marked == contents_.digest && version == contents_.manifest.schema_version) {
        TRY(const auto database, catalog::open(options));
        CHECK_OK(database->read([&](database::Session& session) -> Status {
            TRY(const auto found, catalog::find_store_identity(session));
            name = found.value_or("");
            return {};
        }));
    }
    if (!name.empty() && name == contents_.manifest.store)
        return true;
    return fail(Code::Conflict,
                "The database holds a catalog already. A backup is restored into an empty database only, "
                "and beside no server");
}

Status Backup::check_destination(const Destination& to) const {
    const bool embedded = to.database_url.starts_with(kSqlite);
    if (contents_.manifest.engine != kEngines[embedded ? 0 : 1])
        return fail(
            Code::Conflict,
            fmt::format("The backup at {} holds a catalog of {}, and the database setting names another engine. {}",
                        folder_.path(), contents_.manifest.engine,
                        embedded ? "Give --database the URL of an empty PostgreSQL database" : "Leave --database out"));
    CHECK_OK(check_folder(to));
    if (!embedded)
        return is_loaded(to).map([](bool) {});
    TRY(const std::string marked, marked_in(to.folder));
    std::error_code ignored;
    const std::string path = to.database_url.substr(kSqlite.size());
    if (marked.empty() && fs::exists(path, ignored))
        return fail(Code::Conflict, path + " is there already. A backup is restored into a new catalog only");
    return {};
}

Status Backup::mark_unfinished(const Destination& to) const {
    const std::string path = mark_in(to.folder);
    const std::string text = Json::object({{"backup", contents_.digest},
                                           {"source", folder_.path()},
                                           {"says", "This data folder is unfinished: run landfall restore again"}})
                                 .dump();
    {
        TRY(const auto file, create_private(path + ".part"));
        CHECK_OK(storage::write_fully(file.get(), 0, std::as_bytes(std::span(text.data(), text.size()))));
        CHECK_OK(storage::sync_file(file.get()));
    }
    return put_in_place(path + ".part", path);
}

Result<RestoreReport> Backup::restore(const Destination& to, storage::ObjectStore& store) const {
    RestoreReport report;
    report.made_at = contents_.manifest.made_at;
    CHECK_OK(restore_objects(store, report));
    CHECK_OK(restore_catalog(to));
    const std::string mark = mark_in(to.folder);
    if (::unlink(mark.c_str()) != 0)
        return failed(mark, "removed");
    CHECK_OK(sync_folder(to.folder));
    return report;
}

Status Backup::restore_objects(storage::ObjectStore& store, RestoreReport& report) const {
    for (const Listed& listed : contents_.objects) {
        if (listed.damaged) {
            ++report.damaged;
            continue;
        }
        CHECK_OK(restore_object(store, listed, report));
        ++report.objects;
        report.bytes += listed.bytes;
    }
    return {};
}

Status Backup::restore_object(storage::ObjectStore& store, const Listed& listed, RestoreReport& report) const {
    const Facts wanted{listed.bytes, listed.sha256};
    if (const auto there = store.open(listed.key); there) {
        TRY(const auto facts, facts_of_blob(**there));
        if (facts == wanted) {
            ++report.kept;
            return {};
        }
        CHECK_OK(store.remove(listed.key));
    }
    const auto file = folder_.open_object(listed.key);
    if (!file && file.error().code == Code::NotFound)
        return fail(not_whole("object " + listed.key + " is missing"));
    if (!file)
        return fail(file.error());
    TRY(const auto writer, store.create(listed.key, listed.bytes));
    TRY(const auto facts, copy_file(file->get(), *writer));
    if (facts != wanted)
        return fail(not_whole("object " + listed.key + " has another digest than its list says"));
    return writer->finish().map([](const auto&) {});
}

Status Backup::check_part(const Part& part, int file) const {
    TRY(const auto facts, facts_of(file));
    if (facts == Facts{part.bytes, part.sha256})
        return {};
    return fail(not_whole(part.file + " has another digest than the manifest says"));
}

Status Backup::restore_catalog(const Destination& to) const {
    return to.database_url.starts_with(kSqlite) ? restore_sqlite(to) : restore_postgres(to);
}

Status Backup::restore_sqlite(const Destination& to) const {
    const std::string path = to.database_url.substr(kSqlite.size());
    const std::string unfinished = path + ".restoring";
    const Part& part = contents_.manifest.catalog;
    TRY(const auto from, folder_.open_file(part.file));
    {
        TRY(const auto file, create_private(unfinished));
        CHECK_OK(copy_file(from.get(), file.get()));
        CHECK_OK(storage::sync_file(file.get()));
        CHECK_OK(check_part(part, file.get()));
    }
    CHECK_OK(catalog::read_dump(unfinished, [this](database::Connection& connection) -> Status {
        TRY(const int version, database::applied_version(connection));
        return check_catalog(connection, version);
    }));
    return put_in_place(unfinished, path);
}

Status Backup::restore_postgres(const Destination& to) const {
    TRY(const bool loaded, is_loaded(to));
    if (!loaded) {
        TRY(const auto archive, folder_.open_file(contents_.manifest.catalog.file));
        CHECK_OK(check_part(contents_.manifest.catalog, archive.get()));
        CHECK_OK(database::load_postgres(to.database_url, archive.get()));
    }
    TRY(const int version, database::schema_version(to.database_url));
    if (version != catalog::newest_schema_version())
        return {};
    database::DatabaseOptions options;
    options.url = to.database_url;
    options.readers = 1;
    options.schema = database::SchemaChange::None;
    TRY(const auto database, catalog::open(options));
    return database->read([&](database::Session& session) { return check_catalog(session, version); });
}

/// That the catalog is the one that the manifest speaks of, and names nothing that the list has not. One of an older
/// schema is only looked at as far as that is certain to be there.
Status Backup::check_catalog(database::Session& session, int version) const {
    if (version != contents_.manifest.schema_version)
        return fail(not_whole("its catalog has another schema version than the manifest says"));
    if (version != catalog::newest_schema_version())
        return {};
    TRY(const auto name, catalog::find_store_identity(session));
    if (name.value_or("") != contents_.manifest.store)
        return fail(not_whole("its catalog belongs to another object store"));
    TRY(const auto blobs, catalog::list_named_blobs(session));
    for (const auto& blob : blobs)
        if (blob.needed && !std::ranges::binary_search(contents_.objects, blob.key, {}, &Listed::key))
            return fail(not_whole("object " + blob.key + ", which its catalog names, is not in its list"));
    return {};
}

Status check_restored(const std::string& data_folder) {
    TRY(const std::string marked, marked_in(data_folder));
    if (marked.empty())
        return {};
    return fail(Code::Conflict, fmt::format("A restore into {} has not ended, so what lies there is not whole. Run "
                                            "landfall restore --data {} SOURCE again, or empty the folder",
                                            data_folder, data_folder));
}

} // namespace landfall::backup
