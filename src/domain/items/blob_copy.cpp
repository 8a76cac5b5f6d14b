#include "domain/items/blob_copy.hpp"

#include "core/descriptor.hpp"
#include "storage/blob_file.hpp"
#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::domain {

namespace {

bool begins_as(const Descriptor& file, std::string_view driver) {
    struct stat status{};
    std::string head(imagery::kSniffBytes, '\0');
    const ssize_t got = ::pread(file.get(), head.data(), head.size(), 0);
    if (got < 0 || ::fstat(file.get(), &status) != 0)
        return false;
    head.resize(static_cast<std::size_t>(got));
    const auto sniffed = imagery::sniff(head, "output", static_cast<std::uint64_t>(status.st_size));
    return sniffed && sniffed->driver == driver;
}

} // namespace

Result<HeldBlob> copy_into_store(storage::ObjectStore& store, const jobs::ScratchFolder& folder, const MadeFile& made) {
    TRY(const Descriptor file, folder.open_made(made.name, made.max_bytes));
    if (!begins_as(file, made.driver))
        return fail_internal(fmt::format("a worker's file {} is no {}", made.name, made.driver));
    TRY(const auto size, storage::file_size(file.get()));
    HeldBlob held;
    TRY(held.writer, store.create(storage::new_blob_key(), size));
    CHECK_OK(storage::write_file_to(*held.writer, file.get()));
    TRY(held.info, held.writer->finish());
    return held;
}

void add_named(std::vector<NamedBlob>& files, NamedBlob file) {
    if (!file.name.empty() &&
        std::none_of(files.begin(), files.end(), [&](const NamedBlob& other) { return other.name == file.name; }))
        files.push_back(std::move(file));
}

Result<imagery::Sniffed> sniff_blob(const storage::ObjectStore& store, const std::string& blob_key,
                                    const std::string& file_name) {
    TRY(const auto blob, store.open(blob_key));
    std::string head(imagery::kSniffBytes, '\0');
    TRY(const std::size_t got, blob->read(0, std::as_writable_bytes(std::span(head.data(), head.size()))));
    return imagery::sniff(std::string_view(head).substr(0, got), file_name, static_cast<std::uint64_t>(blob->size()));
}

Result<imagery::WorkerFiles> lay_out(storage::BlobCache& blobs, const jobs::ScratchFolder& folder,
                                     const std::vector<NamedBlob>& primary_and_sidecars,
                                     const std::string& original_name) {
    imagery::WorkerFiles files{primary_and_sidecars.front().name, {}, original_name};
    for (const auto& file : primary_and_sidecars) {
        CHECK_OK(blobs.place(file.blob_key, folder.file(file.name)));
        if (&file != &primary_and_sidecars.front())
            files.sidecars.push_back(file.name);
    }
    return files;
}

} // namespace landfall::domain
