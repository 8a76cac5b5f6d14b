#include "domain/ingest/upload_parts.hpp"

#include "core/text.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::size_t kMostSigned = 1000;
constexpr schema::Rules kPartsId{.text = "Of uploads.parts.initiate", .required = true};

struct PartsInitiate {
    UploadId upload_id;
    std::string file_name;
    std::optional<std::int64_t> size, part_size;
    std::optional<std::string> content_type, sha256;
};

constexpr auto describe(schema::Of<PartsInitiate>) {
    using schema::field;
    using T = PartsInitiate;
    return schema::fields(
        field("upload_id", &T::upload_id, {.required = true}),
        field("file_name", &T::file_name, {.required = true, .min_length = 1}),
        field("size", &T::size, {.text = "Of the whole file, bytes; it must then have them", .min = 0}),
        field("part_size", &T::part_size,
              {.text = "Bytes of every part but the last, 5 MiB or more; else 8 MiB, or what 10 000 parts need",
               .min = 1}),
        field("content_type", &T::content_type),
        field("sha256", &T::sha256, {.text = "Of the whole file, hexadecimal"}));
}

struct PartsInitiateOutput {
    PartUploadId parts_id;
    std::int64_t part_size = 0;
    std::optional<std::int64_t> part_count;
};

constexpr auto describe(schema::Of<PartsInitiateOutput>) {
    using schema::field;
    using T = PartsInitiateOutput;
    return schema::fields(
        field("parts_id", &T::parts_id, {.required = true}),
        field("part_size", &T::part_size, {.text = "Bytes of every part but the last", .required = true}),
        field("part_count", &T::part_count, {.text = "If the size was told", .sparse = true}));
}

constexpr OperationSpec kInitiate{
    .id = "uploads.parts.initiate",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Begin a file of an upload session in parts, or find the upload in parts that it has.",
    .errors = Code::Conflict,
    .is_extension = true,
};

Result<PartsInitiateOutput> initiate(domain::Context& cx, const PartsInitiate& in) {
    cx.keep_caches();
    TRY(const auto row, domain::initiate_parts(cx, {in.upload_id, in.file_name, in.size, in.part_size,
                                                    in.content_type.value_or("application/octet-stream"), in.sha256}));
    PartsInitiateOutput out{row.id, row.part_size.value_or(0), std::nullopt};
    if (row.size && row.part_size)
        out.part_count = domain::part_count(*row.size, *row.part_size);
    return out;
}

struct PartsSign {
    PartUploadId parts_id;
    std::vector<std::int64_t> part_numbers;
};

constexpr auto describe(schema::Of<PartsSign>) {
    using schema::field;
    return schema::fields(field("parts_id", &PartsSign::parts_id, kPartsId),
                          field("part_numbers", &PartsSign::part_numbers,
                                {.text = "From 1",
                                 .required = true,
                                 .min = 1,
                                 .max = domain::kMostParts,
                                 .min_items = 1,
                                 .max_items = kMostSigned}));
}

struct SignedPart {
    std::int64_t part_number = 0;
    std::string url;
    Timestamp expires_at{};
};

constexpr auto describe(schema::Of<SignedPart>) {
    using schema::field;
    using T = SignedPart;
    return schema::fields(field("part_number", &T::part_number, {.required = true}),
                          field("url", &T::url, {.text = "PUT the part's bytes here", .required = true}),
                          field("expires_at", &T::expires_at, {.required = true}));
}

struct PartsSignOutput {
    std::vector<SignedPart> urls;
};

constexpr auto describe(schema::Of<PartsSignOutput>) {
    return schema::fields(schema::field("urls", &PartsSignOutput::urls, {.required = true}));
}

constexpr OperationSpec kSign{
    .id = "uploads.parts.sign",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Mint short-lived URLs to which parts of a file are PUT.",
    .errors = Code::Conflict,
    .is_extension = true,
};

Result<PartsSignOutput> sign(domain::Context& cx, const PartsSign& in) {
    cx.keep_caches();
    const std::vector<int> numbers(in.part_numbers.begin(), in.part_numbers.end());
    TRY(const auto urls, domain::sign_file_parts(cx, in.parts_id, numbers));
    PartsSignOutput out;
    out.urls.reserve(urls.size());
    for (const auto& url : urls)
        out.urls.push_back({url.part_number, url.url, url.expires_at});
    return out;
}

struct PartsList {
    PartUploadId parts_id;
    std::int64_t after = 0, limit = 1000;
};

constexpr auto describe(schema::Of<PartsList>) {
    using schema::field;
    return schema::fields(field("parts_id", &PartsList::parts_id, kPartsId),
                          field("after", &PartsList::after, {.text = "Parts of higher numbers", .min = 0}),
                          field("limit", &PartsList::limit, {.min = 1, .max = domain::kMostParts}));
}

struct PartEntry {
    std::int64_t part_number = 0, size = 0;
    std::string etag;
};

constexpr auto describe(schema::Of<PartEntry>) {
    using schema::field;
    using T = PartEntry;
    return schema::fields(field("part_number", &T::part_number, {.required = true}),
                          field("size", &T::size, {.text = "Bytes", .required = true}),
                          field("etag", &T::etag, {.text = "MD5, hexadecimal, without quotes", .required = true}));
}

struct PartsListOutput {
    std::string file_name;
    std::optional<std::int64_t> size;
    std::int64_t part_size = 0;
    std::vector<PartEntry> parts;
    std::optional<std::int64_t> next_after;
};

constexpr auto describe(schema::Of<PartsListOutput>) {
    using schema::field;
    using T = PartsListOutput;
    return schema::fields(
        field("file_name", &T::file_name, {.required = true}),
        field("size", &T::size, {.text = "Of the whole file, if it was told", .sparse = true}),
        field("part_size", &T::part_size, {.required = true}),
        field("parts", &T::parts, {.text = "Those that are stored, by number", .required = true}),
        field("next_after", &T::next_after, {.text = "The after of the next page, if more follow", .sparse = true}));
}

constexpr OperationSpec kList{
    .id = "uploads.parts.list",
    .scope = "uploads:write",
    .side_effect = SideEffect::Read,
    .summary = "List the parts of a file that are stored.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<PartsListOutput> list(domain::Call& call, const PartsList& in) {
    TRY(const auto there, domain::list_file_parts(call, in.parts_id));
    PartsListOutput out;
    out.file_name = there.upload.file_name;
    out.size = there.upload.size;
    out.part_size = there.upload.part_size.value_or(0);
    for (const auto& part : there.parts) {
        if (part.number <= in.after)
            continue;
        if (std::ssize(out.parts) == in.limit) {
            out.next_after = out.parts.back().part_number;
            break;
        }
        out.parts.push_back({part.number, part.size, part.md5});
    }
    return out;
}

struct PartChoice {
    std::int64_t part_number = 0;
    std::string etag;
};

constexpr auto describe(schema::Of<PartChoice>) {
    using schema::field;
    using T = PartChoice;
    return schema::fields(
        field("part_number", &T::part_number, {.required = true, .min = 1, .max = domain::kMostParts}),
        field("etag", &T::etag,
              {.text = "As it was answered, with or without quotes", .required = true, .max_length = 64}));
}

struct PartsComplete {
    PartUploadId parts_id;
    std::optional<std::vector<PartChoice>> parts;
};

constexpr auto describe(schema::Of<PartsComplete>) {
    using schema::field;
    return schema::fields(
        field("parts_id", &PartsComplete::parts_id, kPartsId),
        field("parts", &PartsComplete::parts,
              {.text = "By number; without it all that are stored, which must be numbered from 1 without "
                       "a gap",
               .max_items = domain::kMostParts}));
}

struct PartsCompleteOutput {
    std::string file_name;
    std::int64_t size = 0;
    std::string etag;
};

constexpr auto describe(schema::Of<PartsCompleteOutput>) {
    using schema::field;
    using T = PartsCompleteOutput;
    return schema::fields(
        field("file_name", &T::file_name, {.required = true}),
        field("size", &T::size, {.text = "Bytes", .required = true}),
        field("etag", &T::etag, {.text = "MD5 of the parts' MD5s, a hyphen, and how many they are", .required = true}));
}

constexpr OperationSpec kComplete{
    .id = "uploads.parts.complete",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Put the parts of a file together: it is then a file of its session as if it had been PUT.",
    .errors = Code::PaymentRequired | Code::Conflict,
    .is_extension = true,
};

Result<domain::AssembledParts> prepare_complete(domain::Call& call, const PartsComplete& in) {
    std::optional<std::vector<domain::ChosenPart>> choice;
    if (in.parts) {
        choice.emplace();
        for (const auto& part : *in.parts)
            choice->push_back({static_cast<int>(part.part_number), part.etag});
    }
    return domain::prepare_file(call, in.parts_id, choice);
}

Result<PartsCompleteOutput> commit_complete(domain::Context& cx, const PartsComplete& /*in*/,
                                            domain::AssembledParts& assembled) {
    cx.keep_caches();
    CHECK_OK(domain::commit_file(cx, assembled));
    return PartsCompleteOutput{assembled.upload.file_name, assembled.file.size, assembled.file.md5};
}

struct PartsAbort {
    PartUploadId parts_id;
};

constexpr auto describe(schema::Of<PartsAbort>) {
    return schema::fields(schema::field("parts_id", &PartsAbort::parts_id, kPartsId));
}

struct PartsAbortOutput {
    bool ok = true;
};

constexpr auto describe(schema::Of<PartsAbortOutput>) {
    return schema::fields(schema::field("ok", &PartsAbortOutput::ok, {.required = true}));
}

constexpr OperationSpec kAbort{
    .id = "uploads.parts.abort",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Give a file in parts up: its parts and their reservation go.",
    .errors = Code::Conflict,
    .is_extension = true,
};

Result<PartsAbortOutput> abort(domain::Context& cx, const PartsAbort& in) {
    cx.keep_caches();
    CHECK_OK(domain::abort_file_parts(cx, in.parts_id));
    return PartsAbortOutput{};
}

} // namespace

void add_upload_parts(Registry& registry) {
    registry.write(kInitiate, initiate);
    registry.write(kSign, sign);
    registry.free_read(kList, list, Pace::Search);
    registry.prepared_write(kComplete, prepare_complete, commit_complete);
    registry.write(kAbort, abort);
}

} // namespace landfall::operations
