#include "backup/manifest.hpp"

#include "backup/bytes.hpp"
#include "core/text.hpp"
#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace landfall::backup {
namespace {

constexpr std::size_t kLargestManifest = 64 << 10; ///< bytes
constexpr std::size_t kLongestLine = 1024;         ///< bytes
constexpr std::size_t kWriteStep = 1 << 20;        ///< bytes
constexpr const char* kNextManifest = "manifest.json.part";

Error not_whole(const Folder& folder, std::string_view why) {
    return {Code::Conflict, fmt::format("The backup at {} is not whole: {}", folder.path(), why)};
}

Result<std::string> read_manifest(const Folder& folder) {
    TRY(const auto file, folder.open_file(kManifest));
    std::string text(kLargestManifest + 1, '\0');
    TRY(const std::size_t got,
        storage::read_fully(file.get(), 0, std::as_writable_bytes(std::span(text.data(), text.size()))));
    if (got > kLargestManifest)
        return fail(not_whole(folder, "its manifest is too large to be one"));
    text.resize(got);
    return text;
}

Result<Manifest> parse_manifest(const Folder& folder, std::string_view text) {
    const auto json = Json::parse(text);
    if (!json)
        return fail(not_whole(folder, "manifest.json is no JSON"));
    if ((*json)["format"].as_view() != kFormat)
        return fail(not_whole(folder, "manifest.json is not one of a backup"));
    if ((*json)["version"].as_integer() > kFormatVersion)
        return fail(
            Code::Conflict,
            fmt::format("The backup at {} was made by a newer program. Restore it with one as new", folder.path()));
    auto manifest = schema::from_json<Manifest>(*json);
    if (!manifest) {
        const auto& fault = manifest.error().fields.front();
        return fail(not_whole(folder, fmt::format("manifest.json: {}: {}", fmt::join(fault.path, "."), fault.message)));
    }
    for (const Part* part : {&manifest->catalog, &manifest->list})
        if (!is_plain_file_name(part->file))
            return fail(not_whole(folder, "manifest.json names a file that lies elsewhere"));
    return manifest;
}

Result<Listed> parse_line(std::string_view line) {
    TRY(const Json json, Json::parse(line));
    TRY(auto listed, schema::from_json<Listed>(json));
    CHECK_OK(storage::check_blob_key(listed.key));
    if (!listed.damaged && from_hex(listed.sha256).value_or("").size() != 32)
        return fail(Code::InvalidArgument, "no digest");
    return listed;
}

Result<std::vector<Listed>> read_list(const Folder& folder, const Part& part) {
    TRY(auto file, folder.open_file(part.file));
    TRY(const auto facts, facts_of(file.get()));
    if (facts.bytes != part.bytes || facts.sha256 != part.sha256)
        return fail(not_whole(folder, part.file + " has another digest than the manifest says"));
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> lines(::fdopen(file.get(), "r"), &std::fclose);
    if (!lines)
        return fail(storage::store_failure(errno, "fdopen"));
    file.release();
    std::vector<Listed> objects;
    std::array<char, kLongestLine> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), lines.get()) != nullptr) {
        auto listed = parse_line({line.data(), std::strlen(line.data())});
        if (!listed || (!objects.empty() && listed->key <= objects.back().key))
            return fail(
                not_whole(folder, fmt::format("line {} of {} is none of a list", objects.size() + 1, part.file)));
        objects.push_back(*std::move(listed));
    }
    return objects;
}

Status write_text(const Folder& folder, int file, std::int64_t at, std::string_view text) {
    const auto written = storage::write_fully(file, at, std::as_bytes(std::span(text.data(), text.size())));
    return written ? written : Status(fail(cannot_write(folder, written.error())));
}

} // namespace

Result<Contents> read_contents(const Folder& folder) {
    TRY(const std::string text, read_manifest(folder));
    Contents contents;
    contents.digest = to_hex(sha256(text));
    TRY(contents.manifest, parse_manifest(folder, text));
    TRY(contents.objects, read_list(folder, contents.manifest.list));
    return contents;
}

Result<Part> write_list(const Folder& folder, const std::string& name, const std::vector<Listed>& objects) {
    TRY(const auto file, folder.create_file(name));
    std::int64_t at = 0;
    std::string text;
    const auto flush = [&]() -> Status {
        CHECK_OK(write_text(folder, file.get(), at, text));
        at += static_cast<std::int64_t>(text.size());
        text.clear();
        return {};
    };
    for (const Listed& listed : objects) {
        schema::write_json(text, listed);
        text += '\n';
        if (text.size() >= kWriteStep)
            CHECK_OK(flush());
    }
    CHECK_OK(flush());
    TRY(const auto facts, facts_of(file.get()));
    return Part{name, facts.bytes, facts.sha256};
}

Status write_manifest(const Folder& folder, const Manifest& manifest) {
    {
        TRY(const auto file, folder.create_file(kNextManifest));
        CHECK_OK(write_text(folder, file.get(), 0, schema::to_json_text(manifest) + "\n"));
    }
    CHECK_OK(folder.sync()); // with all that it names
    CHECK_OK(folder.rename_file(kNextManifest, kManifest));
    return folder.sync();
}

} // namespace landfall::backup
