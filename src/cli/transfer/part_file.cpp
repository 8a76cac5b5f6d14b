#include "cli/transfer/part_file.hpp"

#include "cli/terminal.hpp"
#include "cli/transfer/file_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::cli {
namespace {

constexpr int kSignedAtOnce = 100;
constexpr std::size_t kChunk = std::size_t{1} << 16U; ///< bytes

bool is_url(const std::string& url) {
    return url.starts_with("http://") || url.starts_with("https://");
}

/// The MD5 of what lies there, hexadecimal.
Result<std::string> md5_of(const std::string& path, FileRange range) {
    Meter unused;
    TRY(const auto source, FileSource::open(path, {unused}, range));
    std::array<char, kChunk> buffer{};
    for (std::size_t got = 1; got > 0;) {
        TRY(got, source->read(buffer));
    }
    return source->md5();
}

} // namespace

int PartFile::count() const {
    return static_cast<int>(std::max<std::int64_t>(1, (size_ + part_size_ - 1) / part_size_));
}

FileRange PartFile::range(int number) const {
    const std::int64_t offset = part_size_ * (number - 1);
    return {offset, std::min(part_size_, size_ - offset)};
}

std::vector<int> PartFile::missing() const {
    const Lock lock(mutex_);
    std::vector<int> numbers;
    for (int number = 1; number <= count(); ++number)
        if (!etags_.contains(number))
            numbers.push_back(number);
    return numbers;
}

std::int64_t PartFile::present_bytes() const {
    const Lock lock(mutex_);
    std::int64_t bytes = 0;
    for (const auto& [number, etag] : etags_)
        bytes += range(number).length;
    return bytes;
}

bool PartFile::stored(int number, std::string etag) {
    const Lock lock(mutex_);
    etags_.insert_or_assign(number, std::move(etag));
    return static_cast<int>(etags_.size()) == count();
}

Result<std::string> PartFile::url(int number, Api& api) {
    const Lock lock(mutex_); // others that need URLs wait for those that come
    if (const auto known = urls_.find(number); known != urls_.end())
        return known->second;
    Json numbers = Json::array();
    for (int next = number, some = 0; next <= count() && some < kSignedAtOnce; ++next) {
        if (etags_.contains(next) && next != number)
            continue;
        numbers.push(Json(static_cast<std::int64_t>(next)));
        ++some;
    }
    const Json input = Json::object({{"parts_id", id_}, {"part_numbers", std::move(numbers)}});
    TRY(const Json made, api.call_json("uploads.parts.sign", input));
    for (const Json& one : made["urls"].items())
        if (std::string text = one["url"].as_string(); is_url(text))
            urls_.insert_or_assign(static_cast<int>(one["part_number"].as_integer()), std::move(text));
    const auto known = urls_.find(number);
    if (known == urls_.end())
        return fail(Code::Internal, "The server gave no usable upload URL; check its public_url setting");
    return known->second;
}

void PartFile::forget_url(int number) {
    const Lock lock(mutex_);
    urls_.erase(urls_.find(number), urls_.end()); // those that were signed with it are no younger
}

Status PartFile::complete(Api& api) const {
    Json parts = Json::array();
    {
        const Lock lock(mutex_);
        for (const auto& [number, etag] : etags_)
            parts.push(Json::object({{"part_number", static_cast<std::int64_t>(number)}, {"etag", etag}}));
    }
    const Json input = Json::object({{"parts_id", id_}, {"parts", std::move(parts)}});
    return api.call_json("uploads.parts.complete", input).map([](const Json&) {});
}

Result<std::shared_ptr<PartFile>> begin_in_parts(Api& api, const PartsWanted& wanted) {
    Json input = Json::object({{"upload_id", wanted.upload_id},
                               {"file_name", wanted.name},
                               {"size", wanted.size},
                               {"content_type", media_type_of(wanted.name)}});
    if (wanted.part_size)
        input.set("part_size", *wanted.part_size);
    TRY(const Json begun, api.call_json("uploads.parts.initiate", input));
    const std::string id = begun["parts_id"].as_string();
    const std::int64_t part_size = begun["part_size"].as_integer(0);
    if (id.empty() || part_size <= 0)
        return fail(Code::Internal, "The server began no upload in parts; check that it is a Landfall server");
    auto file = std::make_shared<PartFile>(id, part_size, wanted.size);
    for (std::int64_t after = 0; after >= 0;) {
        TRY(const Json page, api.call_json("uploads.parts.list", Json::object({{"parts_id", id}, {"after", after}})));
        if (page["size"].is_number() && page["size"].as_integer() != wanted.size)
            return fail(Code::Conflict, fmt::format("'{}' was begun with another size; it is another file now",
                                                    printable(wanted.name)));
        for (const Json& part : page["parts"].items()) {
            const int number = static_cast<int>(part["part_number"].as_integer(0));
            if (number < 1 || number > file->count())
                continue;
            TRY(const auto digest, md5_of(wanted.path, file->range(number)));
            if (digest == part["etag"].as_view())
                file->stored(number, digest);
        }
        after = page["next_after"].as_integer(-1);
    }
    return file;
}

} // namespace landfall::cli
