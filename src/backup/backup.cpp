#include "backup/backup.hpp"

#include "backup/bytes.hpp"
#include "backup/manifest.hpp"
#include "catalog/items/object.hpp"
#include "catalog/ledger/store_identity.hpp"
#include "catalog/migrations/schema.hpp"
#include "domain/upkeep/identity.hpp"
#include "domain/upkeep/removal_hold.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <span>
#include <unistd.h>
#include <utility>

namespace landfall::backup {
namespace {

constexpr std::size_t kShownKeys = 10;

/// Name of a file of this moment: catalog-20261127T105500.123456Z.db.
std::string dated(std::string_view what, Timestamp at, std::string_view suffix) {
    std::string moment = format_rfc3339(at);
    std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
    return fmt::format("{}-{}.{}", what, moment, suffix);
}

/// One backup.
class Run {
public:
    Run(const Source& source, Folder folder, const BackupOptions& options)
        : source_(source), folder_(std::move(folder)), options_(options) {}

    Result<BackupReport> make() {
        CHECK_OK(read_last());
        TRY(const auto hold, domain::RemovalHold::take(source_.transactor, source_.clock));
        manifest_.made_at = report_.made_at = source_.clock.now();
        CHECK_OK(copy_catalog());
        CHECK_OK(copy_objects());
        CHECK_OK(folder_.sync());
        CHECK_OK(compare_all());
        CHECK_OK(hold->check());
        CHECK_OK(publish());
        return report_;
    }

private:
    Status read_last();
    Status copy_catalog();
    Status look(database::Session& session);
    Status copy_objects();
    std::optional<Facts> expected(const catalog::NamedBlob& blob) const;
    bool is_there(const Listed& listed) const;
    Result<std::optional<Facts>> copy(const catalog::NamedBlob& blob);
    Status copy_one(const catalog::NamedBlob& blob);
    Status compare_all();
    Status compare(Listed& listed);
    Status mend(Listed& listed);
    Status publish();
    Status drop_unnamed();
    const Listed* last_of(const std::string& key) const;

    const Source& source_;
    Folder folder_;
    const BackupOptions& options_;
    std::optional<Contents> last_;
    Manifest manifest_;
    std::vector<catalog::NamedBlob> blobs_; ///< that the copied catalog names
    std::vector<Listed> list_;
    std::vector<std::string> fresh_; ///< keys that were copied now
    BackupReport report_;
};

/// What the last run left, and nothing of those that were killed.
Status Run::read_last() {
    auto contents = read_contents(folder_);
    if (contents)
        last_ = *std::move(contents);
    else if (contents.error().code != Code::NotFound)
        return fail(std::move(contents).error());
    return drop_unnamed();
}

Status Run::copy_catalog() {
    const bool embedded = source_.database_url.starts_with("sqlite:");
    manifest_.engine = std::string(kEngines[embedded ? 0 : 1]);
    manifest_.landfall = options_.program;
    manifest_.schema_version = catalog::newest_schema_version();
    manifest_.catalog.file = dated("catalog", manifest_.made_at, embedded ? "db" : "pgdump");
    {
        TRY(const auto file, folder_.create_file(manifest_.catalog.file));
    }
    CHECK_OK(catalog::dump(source_.database_url, folder_.path_of(manifest_.catalog.file),
                           [this](database::Session& session) { return look(session); }));
    TRY(const auto file, folder_.open_file(manifest_.catalog.file));
    CHECK_OK(folder_.sync());
    TRY(const auto facts, facts_on_disk(file.get()));
    manifest_.catalog.bytes = facts.bytes;
    manifest_.catalog.sha256 = facts.sha256;
    return {};
}

/// What there is to say of the catalog that was copied.
Status Run::look(database::Session& session) {
    TRY(const auto name, catalog::find_store_identity(session));
    manifest_.store = name.value_or("");
    if (last_ && last_->manifest.store != manifest_.store)
        return fail(Code::Conflict,
                    folder_.path() + " holds the backup of another installation. Name an empty or a new folder");
    TRY(blobs_, catalog::list_named_blobs(session));
    return {};
}

const Listed* Run::last_of(const std::string& key) const {
    if (!last_)
        return nullptr;
    const auto found = std::ranges::lower_bound(last_->objects, key, {}, &Listed::key);
    return found != last_->objects.end() && found->key == key && !found->damaged ? &*found : nullptr;
}

/// What the blob must be, as far as anybody wrote that down.
std::optional<Facts> Run::expected(const catalog::NamedBlob& blob) const {
    if (!blob.sha256.empty())
        return Facts{blob.size, blob.sha256};
    const Listed* const last = last_of(blob.key);
    return last == nullptr ? std::nullopt : std::optional(Facts{last->bytes, last->sha256});
}

bool Run::is_there(const Listed& listed) const {
    const auto file = folder_.open_object(listed.key);
    return file && ::lseek(file->get(), 0, SEEK_END) == listed.bytes;
}

Status Run::copy_objects() {
    const auto named = catalog::NamedBlob{std::string(domain::kStoreIdentityKey), 0, "", false};
    blobs_.insert(std::ranges::lower_bound(blobs_, named.key, {}, &catalog::NamedBlob::key), named);
    for (const auto& blob : blobs_)
        CHECK_OK(copy_one(blob));
    if (report_.damaged.empty() || options_.leave_out_damaged)
        return {};
    const auto shown = std::span(report_.damaged).first(std::min(report_.damaged.size(), kShownKeys));
    return fail(Code::Conflict,
                fmt::format("The object store has lost or damaged {} objects that the catalog names: {}{}. Nothing was "
                            "changed in the last backup. --without-damaged makes one without them",
                            report_.damaged.size(), fmt::join(shown, ", "),
                            shown.size() < report_.damaged.size() ? ", …" : ""));
}

Status Run::copy_one(const catalog::NamedBlob& blob) {
    const auto facts = expected(blob);
    if (facts && is_there({blob.key, facts->bytes, facts->sha256})) {
        list_.push_back({blob.key, facts->bytes, facts->sha256});
        return {};
    }
    TRY(const auto copied, copy(blob));
    if (copied) {
        list_.push_back({blob.key, copied->bytes, copied->sha256});
        fresh_.push_back(blob.key);
        ++report_.copied;
        report_.copied_bytes += copied->bytes;
    } else if (blob.needed) {
        list_.push_back({blob.key, blob.size, blob.sha256, true});
        report_.damaged.push_back(blob.key);
    }
    return {};
}

/// Nothing if the store has lost the blob, or holds another one than the catalog says.
Result<std::optional<Facts>> Run::copy(const catalog::NamedBlob& blob) {
    const auto from = source_.store.open(blob.key);
    if (!from && from.error().code == Code::NotFound)
        return std::optional<Facts>();
    if (!from)
        return fail(from.error());
    TRY(const auto file, folder_.create_object(blob.key));
    TRY(auto facts, copy_blob(**from, folder_, file.get()));
    const auto wanted = expected(blob);
    if (wanted && facts != *wanted)
        return std::optional<Facts>();
    CHECK_OK(folder_.publish_object(blob.key));
    return std::optional(std::move(facts));
}

Status Run::compare_all() {
    std::ranges::sort(fresh_);
    for (Listed& listed : list_) {
        if (listed.damaged)
            continue;
        const bool known = last_of(listed.key) != nullptr && !std::ranges::binary_search(fresh_, listed.key);
        if (!options_.quick || !known)
            CHECK_OK(compare(listed));
        ++manifest_.objects;
        manifest_.objects_bytes += listed.bytes;
    }
    return {};
}

/// What the backup holds of an object is read again; a copy that was damaged since is made anew.
Status Run::compare(Listed& listed) {
    const Facts wanted{listed.bytes, listed.sha256};
    for (const bool again : {true, false}) {
        const auto file = folder_.open_object(listed.key);
        const auto facts = file ? facts_on_disk(file->get()) : Result<Facts>(Facts());
        if (facts && *facts == wanted)
            return {};
        if (again)
            CHECK_OK(mend(listed));
    }
    return fail(
        Code::Unavailable,
        fmt::format("What was written of object {} to {} cannot be read again as it was. The disk of the backup "
                    "is at fault",
                    listed.key, folder_.path()));
}

Status Run::mend(Listed& listed) {
    TRY(const auto copied, copy({listed.key, listed.bytes, listed.sha256}));
    if (!copied)
        return fail(
            Code::Conflict,
            fmt::format("Object {} is damaged in the backup and in the object store. Nothing was changed in the "
                        "last backup",
                        listed.key));
    ++report_.mended;
    return folder_.sync();
}

Status Run::publish() {
    manifest_.objects_damaged = static_cast<std::int64_t>(report_.damaged.size());
    TRY(manifest_.list, write_list(folder_, dated("objects", manifest_.made_at, "ndjson"), list_));
    CHECK_OK(write_manifest(folder_, manifest_));
    report_.objects = manifest_.objects;
    report_.bytes = manifest_.objects_bytes;
    last_ = Contents{manifest_, "", std::move(list_)};
    CHECK_OK(folder_.remove_objects([this](const std::string& name) { return last_of(name) != nullptr; }));
    return drop_unnamed();
}

/// Catalogs and lists that the manifest does not name.
Status Run::drop_unnamed() {
    TRY(const auto names, folder_.file_names());
    for (const std::string& name : names) {
        const bool ours = name.starts_with("catalog-") || name.starts_with("objects-");
        const bool named = last_ && (name == last_->manifest.catalog.file || name == last_->manifest.list.file);
        if (ours && !named)
            CHECK_OK(folder_.remove_file(name));
    }
    return {};
}

} // namespace

Result<BackupReport> back_up(const Source& source, const std::string& target, const BackupOptions& options) {
    TRY(auto folder, Folder::begin(target));
    return Run(source, std::move(folder), options).make();
}

} // namespace landfall::backup
