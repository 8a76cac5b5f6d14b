#include "storage/s3/part_registry.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"
#include "schema/json.hpp"
#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace landfall::storage {
namespace {

constexpr std::string_view kUpload = "upload";
constexpr std::string_view kSealed = "sealed";
constexpr std::string_view kPart = "part-";
constexpr std::size_t kMostKnown = 4096;

auto by_number_and_etag() {
    return [](const RegisteredPart& a, const RegisteredPart& b) {
        return std::pair(a.info.number, std::string_view(a.etag)) < std::pair(b.info.number, std::string_view(b.etag));
    };
}

} // namespace

std::string part_record_name(const RegisteredPart& part) {
    return fmt::format("{}{}-{}-{}-{}-{}-{}", kPart, part.info.number, part.info.size, to_hex(part.info.md5),
                       to_hex(part.info.sha256), to_hex(part.info.crc32c), to_hex(part.etag));
}

std::optional<RegisteredPart> read_part_record(std::string_view name) {
    if (!name.starts_with(kPart))
        return std::nullopt;
    name.remove_prefix(kPart.size());
    std::array<std::string_view, 6> words;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto end = i + 1 < words.size() ? name.find('-') : name.size();
        if (end == std::string_view::npos)
            return std::nullopt;
        words[i] = name.substr(0, end);
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    RegisteredPart part;
    const auto number = number_in<int>(words[0]);
    const auto size = number_in<std::int64_t>(words[1]);
    const auto md5 = from_hex(words[2]);
    const auto sha = from_hex(words[3]);
    const auto crc = from_hex(words[4]);
    const auto etag = from_hex(words[5]);
    if (!number || !size || !md5 || !sha || !crc || !etag)
        return std::nullopt;
    part.info.number = *number;
    part.info.size = *size;
    part.info.md5 = *md5;
    part.info.sha256 = *sha;
    part.info.crc32c = *crc;
    part.etag = *etag;
    return part;
}

Status PartRegistry::add(std::string_view key, const Multipart& upload) {
    const std::string text = Json::object({{"id", upload.id}, {"mark", upload.mark}}).dump();
    const auto added =
        put_object(*shared_, {shared_->layout.parts(key) + std::string(kUpload), std::as_bytes(std::span(text)), {}});
    if (!added && added.error().code == Code::Conflict)
        return upload_taken();
    CHECK_OK(added);
    const Lock lock(mutex_);
    known_.insert_or_assign(std::string(key), upload);
    return {};
}

Result<Multipart> PartRegistry::find(std::string_view key) {
    {
        const Lock lock(mutex_);
        if (const auto found = known_.find(key); found != known_.end())
            return found->second;
    }
    const auto text = get_text(shared_->client, shared_->layout.parts(key) + std::string(kUpload));
    if (!text && text.error().code == Code::NotFound)
        return no_such_upload();
    if (!text)
        return fail(text.error());
    const auto json = Json::parse(*text);
    if (!json || (*json)["id"].as_view().empty())
        return fail_internal("what is kept of an upload of parts can't be read: " + clean_utf8(*text, 200));
    Multipart upload{shared_->layout.blob(key), (*json)["id"].as_string(), (*json)["mark"].as_string()};
    const Lock lock(mutex_);
    if (known_.size() >= kMostKnown)
        known_.clear(); // asked for again when they are needed
    known_.insert_or_assign(std::string(key), upload);
    return upload;
}

void PartRegistry::forget(std::string_view key) {
    const Lock lock(mutex_);
    if (const auto found = known_.find(key); found != known_.end())
        known_.erase(found);
}

Status PartRegistry::announce(std::string_view key, const RegisteredPart& part) {
    const auto added = put_object(*shared_, {shared_->layout.parts(key) + part_record_name(part), {}, {}});
    // The same bytes came before: what is kept of them is that already.
    return !added && added.error().code == Code::Conflict ? Status() : added;
}

Result<std::vector<RegisteredPart>> PartRegistry::listed(std::string_view key) const {
    std::vector<RegisteredPart> all;
    const std::string folder = shared_->layout.parts(key);
    CHECK_OK(list_objects(*shared_, folder + std::string(kPart), "", [&](Listing&& page) -> Status {
        for (const auto& object : page.objects)
            if (auto part = read_part_record(std::string_view(object.key).substr(folder.size())))
                all.push_back(*std::move(part));
        return {};
    }));
    std::ranges::sort(all, by_number_and_etag());
    return all;
}

Result<std::vector<RegisteredPart>> PartRegistry::sealed(std::string_view key) const {
    const auto text = get_text(shared_->client, shared_->layout.parts(key) + std::string(kSealed));
    if (!text && text.error().code == Code::NotFound)
        return no_such_upload();
    if (!text)
        return fail(text.error());
    std::vector<RegisteredPart> all;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        auto part = read_part_record(rest.substr(0, end));
        if (!part)
            return fail_internal("the list of sealed parts can't be read");
        all.push_back(*std::move(part));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return all;
}

Result<std::vector<RegisteredPart>> PartRegistry::parts(std::string_view key, const Multipart& upload) const {
    const auto stored = list_parts(*shared_, upload);
    if (!stored && stored.error().code == Code::NotFound)
        return sealed(key);
    if (!stored)
        return fail(stored.error());
    TRY(const auto records, listed(key)); // afterwards: no part comes before its record
    std::vector<RegisteredPart> all;
    for (const auto& part : *stored) {
        RegisteredPart wanted;
        wanted.info.number = part.number;
        wanted.etag = part.etag;
        const auto found = std::ranges::lower_bound(records, wanted, by_number_and_etag());
        if (found != records.end() && found->info.number == part.number && found->etag == part.etag)
            all.push_back(*found);
    }
    return all;
}

Status PartRegistry::seal(std::string_view key, const std::vector<RegisteredPart>& parts) {
    std::string text;
    for (const auto& part : parts)
        text += part_record_name(part) + "\n";
    const std::string name = shared_->layout.parts(key) + std::string(kSealed);
    CHECK_OK(remove_objects(shared_->client, {name}));
    return put_object(*shared_, {name, std::as_bytes(std::span(text)), {}});
}

Status PartRegistry::remove(std::string_view key) {
    forget(key);
    std::vector<std::string> names;
    CHECK_OK(list_objects(*shared_, shared_->layout.parts(key), "", [&](Listing&& page) -> Status {
        for (auto& object : page.objects)
            names.push_back(std::move(object.key));
        return {};
    }));
    return remove_objects(shared_->client, names);
}

Result<std::vector<PartRegistry::Known>> PartRegistry::all() const {
    std::vector<Known> known;
    const std::string folder = shared_->layout.parts();
    CHECK_OK(list_objects(*shared_, folder, "", [&](Listing&& page) -> Status {
        for (const auto& object : page.objects) {
            const std::string_view rest = std::string_view(object.key).substr(folder.size());
            const auto key = rest.substr(0, rest.find('/'));
            if (known.empty() || known.back().key != key)
                known.push_back({std::string(key), object.age});
            known.back().age = std::min(known.back().age, object.age);
        }
        return {};
    }));
    return known;
}

} // namespace landfall::storage
