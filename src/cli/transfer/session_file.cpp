#include "cli/transfer/session_file.hpp"

#include "cli/terminal.hpp"
#include "cli/transfer/file_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::cli {
namespace {

class WholeFile final : public PartFile {
public:
    explicit WholeFile(SessionFile wanted)
        : PartFile(std::max<std::int64_t>(wanted.file.size, 1), wanted.file.size), wanted_(std::move(wanted)) {}

private:
    Result<Addresses> sign(const std::vector<int>& /*numbers*/, const SharedClient& client) const override {
        const std::string type = media_type_of(wanted_.file.name);
        const Json input =
            Json::object({{"upload_id", wanted_.upload_id}, {"file_name", wanted_.file.name}, {"content_type", type}});
        TRY(const Json made, Api(wanted_.server, client).call_json("uploads.signed_url", input));
        return Addresses{{1, {made["upload_url"].as_string(), {{"Content-Type", type}}}}};
    }
    Status complete(const Etags& /*etags*/, const SharedClient& /*client*/) const override { return {}; }

    const SessionFile wanted_;
};

class FileInParts final : public PartFile {
public:
    FileInParts(Server server, std::string id, std::int64_t part_size, std::int64_t size)
        : PartFile(part_size, size), server_(std::move(server)), id_(std::move(id)) {}

private:
    Result<Addresses> sign(const std::vector<int>& numbers, const SharedClient& client) const override {
        Json list = Json::array();
        for (const int number : numbers)
            list.push(Json(static_cast<std::int64_t>(number)));
        const Json input = Json::object({{"parts_id", id_}, {"part_numbers", std::move(list)}});
        TRY(const Json made, Api(server_, client).call_json("uploads.parts.sign", input));
        Addresses addresses;
        for (const Json& one : made["urls"].items())
            addresses.insert_or_assign(
                static_cast<int>(one["part_number"].as_integer()),
                PartAddress{one["url"].as_string(), {{"Content-Type", "application/octet-stream"}}});
        return addresses;
    }

    Status complete(const Etags& etags, const SharedClient& client) const override {
        Json parts = Json::array();
        for (const auto& [number, etag] : etags)
            parts.push(Json::object({{"part_number", static_cast<std::int64_t>(number)}, {"etag", etag}}));
        const Json input = Json::object({{"parts_id", id_}, {"parts", std::move(parts)}});
        return Api(server_, client).call_json("uploads.parts.complete", input).map([](const Json&) {});
    }

    const Server server_;
    const std::string id_;
};

} // namespace

std::shared_ptr<PartFile> whole_file(SessionFile wanted) {
    return std::make_shared<WholeFile>(std::move(wanted));
}

Result<std::shared_ptr<PartFile>> begin_in_parts(Api& api, const SessionFile& wanted) {
    const LocalFile& local = wanted.file;
    Json input = Json::object({{"upload_id", wanted.upload_id},
                               {"file_name", local.name},
                               {"size", local.size},
                               {"content_type", media_type_of(local.name)}});
    if (wanted.part_size)
        input.set("part_size", *wanted.part_size);
    TRY(const Json begun, api.call_json("uploads.parts.initiate", input));
    const std::string id = begun["parts_id"].as_string();
    const std::int64_t part_size = begun["part_size"].as_integer(0);
    if (id.empty() || part_size <= 0)
        return fail(Code::Internal, "The server began no upload in parts; check that it is a Landfall server");
    auto file = std::make_shared<FileInParts>(wanted.server, id, part_size, local.size);
    for (std::int64_t after = 0; after >= 0;) {
        TRY(const Json page, api.call_json("uploads.parts.list", Json::object({{"parts_id", id}, {"after", after}})));
        if (page["size"].is_number() && page["size"].as_integer() != local.size)
            return fail(Code::Conflict,
                        fmt::format("'{}' was begun with another size; it is another file now", printable(local.name)));
        std::map<int, std::string> there;
        for (const Json& part : page["parts"].items())
            there.emplace(static_cast<int>(part["part_number"].as_integer(0)), part["etag"].as_string());
        CHECK_OK(note_stored(*file, local.path, there));
        after = page["next_after"].as_integer(-1);
    }
    return file;
}

} // namespace landfall::cli
