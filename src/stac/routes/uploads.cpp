#include "stac/routes/uploads.hpp"

#include "catalog/ledger/usage.hpp"
#include "core/text.hpp"
#include "domain/ingest/asset_reading.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/shelf.hpp"
#include "domain/parts/part_uploads.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/work/part_end.hpp"
#include "stac/documents/etag.hpp"
#include "stac/documents/object_text.hpp"
#include "stac/input/upload_input.hpp"
#include "stac/paging/cursor.hpp"
#include "stac/refusal.hpp"
#include "stac/routes/assets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <any>

namespace landfall::stac {
namespace {

using Upload = catalog::PartUploadRow;
using State = catalog::PartUploadState;

std::string upload_url(const Asked& asked, const AssetOwner& owner, const Upload& upload) {
    return fmt::format("{}/uploads/{}", asset_url(asked, owner, asked.param("asset")), upload.id.str());
}

/// The asset that the path names, and whose it is.
struct Subject {
    AssetOwner owner;
    catalog::AssetRow asset;
};
Result<Subject> require_subject(const Asked& asked) {
    TRY(auto seen, require_assets(asked));
    TRY(auto asset, require_asset(asked, seen));
    return Subject{std::move(seen.owner), std::move(asset)};
}

Result<Upload> require_upload(const Asked& asked, const Subject& subject) {
    TRY(auto row,
        catalog::find_part_upload(asked.session(), asked.project.organization_id, PartUploadId(asked.param("upload"))));
    if (!row || row->target != domain::part_target(subject.asset.id))
        return not_found();
    return *std::move(row);
}

/// Whoever has these may write to the asset: they are for who may anyway.
Result<bool> may_see_urls(const Asked& asked) {
    if (asked.cx.principal.type == auth::PrincipalType::Anonymous)
        return false;
    TRY(const auto role, domain::project_role(asked.cx, asked.project.organization_id, asked.project.id));
    return role && *role >= domain::ProjectRole::Editor;
}

std::string urls_text(const Asked& asked, const Upload& upload, const Json& declared) {
    std::vector<domain::PartToSign> parts;
    for (const std::string& md5 : md5_by_number(declared["md5_parts"]))
        parts.push_back({static_cast<int>(parts.size()) + 1, md5});
    Json urls = Json::array();
    for (const auto& url : domain::sign_parts(asked.cx, upload, parts))
        urls.push(Json::object({{"url", url.url}, {"part", url.part_number}, {"expires", moment(url.expires_at)}}));
    return urls.dump();
}

enum class Urls { Hidden, Shown };

std::string upload_document(const Asked& asked, const Upload& upload, Urls urls) {
    const Json declared = Json::parse(upload.declared).value_or(Json());
    ObjectText out;
    out.add("upload_id", upload.id.str()).add("status", Json(schema::enum_text(upload.state)));
    out.add("created", upload.created_at);
    if (upload.state != State::InProgress && upload.ended_at)
        out.add(schema::enum_text(upload.state), *upload.ended_at);
    out.add("number_parts", declared["number_parts"]).add("md5_parts", declared["md5_parts"]);
    if (upload.state == State::InProgress && urls == Urls::Shown)
        out.add_raw("urls", urls_text(asked, upload, declared));
    out.add("update_interval", declared["update_interval"]).add("content_encoding", declared["content_encoding"]);
    out.add(asked.dialect().checksum, declared["checksum"]);
    return std::move(out).text();
}

std::string etag_of(const Upload& upload) {
    return change_tag(
        {upload.id.str(), static_cast<std::int64_t>(upload.state), upload.ended_at ? to_micros(*upload.ended_at) : 0});
}

Reply reply_with(const Asked& asked, const Upload& upload, Urls urls) {
    return {.body = upload_document(asked, upload, urls), .etag = etag_of(upload), .caching = Caching::NoStore};
}

/// The answer to a second upload of an asset.
Result<Reply> refuse_second(const Asked& asked, const catalog::AssetRow& asset) {
    TRY(const auto running,
        catalog::find_open_part_upload(asked.session(), asked.project.organization_id, domain::part_target(asset.id)));
    if (!running)
        return fail_race("The upload that was running ended at the same time; repeat the call");
    const auto status = asked.site.services.settings.stac.upload_in_progress_status;
    return Reply{
        .body = Json::object(
                    {{"code", status}, {"description", "Upload already in progress"}, {"upload_id", running->id.str()}})
                    .dump(),
        .status = static_cast<int>(status)};
}

/// The filter of a list; nothing: it matches none.
std::optional<catalog::PartUploadQuery> query_of(const Asked& asked, const Subject& subject) {
    catalog::PartUploadQuery query;
    query.organization_id = asked.project.organization_id;
    query.target = domain::part_target(subject.asset.id);
    if (const auto status = asked.request.query("status"); status && !status->empty()) {
        query.state = schema::enum_value<State>(*status);
        if (!query.state)
            return std::nullopt;
    }
    return query;
}

Result<std::vector<Upload>> fetch(const Asked& asked, catalog::PartUploadQuery query, const Cursor& from,
                                  std::int64_t limit) {
    query.limit = limit;
    if (!from.keys.empty())
        (from.backwards ? query.before : query.after) = from.keys.front();
    return catalog::list_part_uploads(asked.session(), query);
}

Result<Neighbours> neighbours(const Asked& asked, const catalog::PartUploadQuery& query, const Cursor& from,
                              const std::vector<Upload>& rows, bool more) {
    Neighbours around;
    if (rows.empty())
        return around;
    const Cursor before{true, {rows.front().id.str()}};
    const Cursor behind{false, {rows.back().id.str()}};
    bool earlier = from.backwards && more;
    if (!from.backwards && !from.keys.empty()) {
        TRY(const auto one, fetch(asked, query, before, 1));
        earlier = !one.empty();
    }
    if (earlier)
        around.previous = before;
    if (from.backwards || more)
        around.next = behind;
    return around;
}

/// `limit` and `offset` of the list of parts; `offset` is the number after which it begins.
struct PartsPage {
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
Result<PartsPage> read_parts_page(const Asked& asked) {
    PartsPage page;
    TRY(page.limit, read_limit(asked.request.query("limit")));
    const auto text = asked.request.query("offset").value_or("");
    if (text.empty())
        return page;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() > 9 || !std::ranges::all_of(text, is_digit))
        return refuse_listed("Invalid offset query parameter: must be an integer, 0 or greater");
    page.offset = std::stoll(text);
    return page;
}

std::string parts_page_url(const Asked& asked, std::int64_t limit, std::int64_t offset) {
    return fmt::format("{}{}?limit={}&offset={}", asked.cx.origin(), asked.request.raw_path, limit, offset);
}

/// The error of S3 that stands for a choice that the parts do not meet.
Error refused_choice(const Error& error) {
    if (error.code != Code::InvalidArgument || error.fields.empty())
        return error;
    return refuse_listed(fmt::format("{}: {}", error.fields.front().type, error.message)).value();
}

/// What completes: the upload and the parts that were named. Everything that is wrong is told in the contract's order.
struct Completion {
    Subject subject;
    Upload upload;
    std::vector<domain::ChosenPart> parts;
};
Result<Completion> read_completion(const Asked& asked) {
    Completion out;
    TRY(out.subject, require_subject(asked));
    TRY(out.upload, require_upload(asked, out.subject));
    TRY(const Json body, asked.body());
    const Json declared = Json::parse(out.upload.declared).value_or(Json());
    TRY(out.parts, read_parts(body, declared["number_parts"].as_integer()));
    if (out.upload.state != State::InProgress)
        return conflict("No upload in progress");
    return out;
}

} // namespace

Result<Reply> list_uploads(const Asked& asked) {
    TRY(const auto subject, require_subject(asked));
    TRY(const PageRequest page, read_page(asked, 1));
    TRY(const bool shown, may_see_urls(asked));
    const auto query = query_of(asked, subject);
    std::vector<Upload> rows;
    if (query) {
        TRY(rows, fetch(asked, *query, page.from, page.limit + 1));
    }
    const bool more = std::ssize(rows) > page.limit;
    if (more)
        rows.erase(page.from.backwards ? rows.begin() : rows.end() - 1);
    std::vector<std::string> documents;
    for (const Upload& row : rows)
        documents.push_back(upload_document(asked, row, shown ? Urls::Shown : Urls::Hidden));
    Json links = Json::array();
    if (query) {
        TRY(const auto around, neighbours(asked, *query, page.from, rows, more));
        add_page_links(asked, asked.request.path, around, links);
    }
    ObjectText out;
    out.add_raw("uploads", array_text(documents)).add("links", links);
    return Reply{.body = std::move(out).text(), .caching = Caching::NoStore};
}

Result<Reply> get_upload(const Asked& asked) {
    TRY(const auto subject, require_subject(asked));
    TRY(const auto upload, require_upload(asked, subject));
    TRY(const bool shown, may_see_urls(asked));
    return reply_with(asked, upload, shown ? Urls::Shown : Urls::Hidden);
}

Result<Reply> list_upload_parts(const Asked& asked) {
    TRY(const auto subject, require_subject(asked));
    TRY(const auto upload, require_upload(asked, subject));
    TRY(const PartsPage page, read_parts_page(asked));
    TRY(auto parts, domain::list_parts(asked.site.services, upload));
    const auto first = std::ranges::find_if(parts, [&](const auto& part) { return part.number > page.offset; });
    const auto count = std::min<std::ptrdiff_t>(page.limit, parts.end() - first);
    Json list = Json::array();
    for (auto part = first; part != first + count; ++part)
        list.push(Json::object({{"etag", fmt::format("\"{}\"", part->md5)},
                                {"part_number", part->number},
                                {"modified", moment(part->modified)},
                                {"size", part->size}}));
    Json links = Json::array();
    const auto add = [&](std::string_view rel, std::int64_t offset) {
        links.push(Json::object({{"rel", rel}, {"href", parts_page_url(asked, page.limit, offset)}}));
    };
    if (first + count != parts.end())
        add("next", (first + count - 1)->number);
    if (first != parts.begin())
        add("previous", std::max<std::int64_t>(0, page.offset - page.limit));
    ObjectText out;
    out.add("parts", list).add("links", links);
    return Reply{.body = std::move(out).text(), .caching = Caching::NoStore};
}

Result<Reply> create_upload(const Asked& asked) {
    TRY(const Json body, asked.body());
    TRY(const auto input, read_upload(body, asked.dialect().checksum));
    TRY(const auto target, find_target(asked));
    if (!target || !target->asset)
        return not_found();
    const catalog::AssetRow& asset = *target->asset;
    if (asset.href)
        return refuse("Not allowed to create multipart uploads on external assets");
    domain::NewPartUpload wanted;
    wanted.organization_id = asset.organization_id;
    wanted.project_id = asset.project_id;
    wanted.target = domain::part_target(asset.id);
    wanted.content_type = asset.media_type;
    wanted.declared = Json::object({{"number_parts", input.number_parts},
                                    {"md5_parts", input.md5_parts},
                                    {"checksum", input.checksum},
                                    {"content_encoding", input.content_encoding},
                                    {"update_interval", input.update_interval}})
                          .dump();
    TRY(const auto begun, domain::begin_part_upload(asked.cx, wanted));
    if (!begun)
        return refuse_second(asked, asset);
    asked.cx.touch(begun->id.str());
    Reply reply = reply_with(asked, *begun, Urls::Shown);
    reply.status = 201;
    reply.location = upload_url(asked, target->owner, *begun);
    return reply;
}

Result<Errand> assemble_upload(const Asked& asked) {
    TRY(auto completion, read_completion(asked));
    return Errand([upload = std::move(completion.upload),
                   parts = std::move(completion.parts)](const domain::Call& call) -> Result<std::any> {
        auto assembled = domain::assemble_parts(call, upload, parts);
        if (!assembled)
            return fail(refused_choice(assembled.error()));
        return std::any(std::make_shared<domain::AssembledParts>(*std::move(assembled)));
    });
}

namespace {

/// Ends the upload and makes its file that of the asset, in place of what it had.
Status take_file(const Asked& asked, Target& target, const domain::AssembledParts& assembled) {
    const AssetId id = target.asset->id;
    TRY(const auto held, domain::finish_parts(asked.cx, assembled));
    CHECK_OK(domain::give_up_file(asked.cx, *target.shelf, *target.asset));
    TRY(const bool fits, catalog::take_storage(asked.session(),
                                               {asked.project.organization_id, assembled.file.size,
                                                "stac.uploads.complete", id.str(), asked.cx.now},
                                               held));
    if (!fits)
        return fail(Code::PaymentRequired, "The file does not fit the storage quota; delete data or raise the quota");
    const auto& assets = target.shelf->assets();
    catalog::AssetRow asset = *std::ranges::find(assets, id, &catalog::AssetRow::id);
    const Json declared = Json::parse(assembled.upload.declared).value_or(Json());
    asset.checksum = lower_case(declared["checksum"].as_view());
    asset.content_encoding.reset();
    if (const std::string encoding = declared["content_encoding"].as_string(); !encoding.empty())
        asset.content_encoding = encoding;
    const bool is_plain = !asset.content_encoding;
    CHECK_OK(target.shelf->put_file(asset, assembled.file));
    if (is_plain)
        CHECK_OK(domain::order_reading(asked.cx, asset));
    return target.shelf->store(catalog::IndexUpdate::Keep);
}

} // namespace

Result<Reply> complete_upload(const Asked& asked) {
    TRY(const auto completion, read_completion(asked));
    if (!asked.errand)
        return fail(asked.errand.error());
    const auto* held = std::any_cast<std::shared_ptr<domain::AssembledParts>>(&*asked.errand);
    if (held == nullptr)
        return fail_race("The upload changed at the same time; repeat the call");
    if ((*held)->repeated)
        return conflict("No upload in progress");
    TRY(auto target, find_target(asked));
    if (!target || !target->asset)
        return not_found();
    CHECK_OK(take_file(asked, *target, **held));
    TRY(const auto upload, require_upload(asked, completion.subject));
    return reply_with(asked, upload, Urls::Hidden);
}

Result<Reply> abort_upload(const Asked& asked) {
    TRY(const auto subject, require_subject(asked));
    TRY(const auto upload, require_upload(asked, subject));
    if (upload.state != State::InProgress)
        return conflict("No upload in progress");
    CHECK_OK(domain::abort_parts(asked.cx, upload, "stac.uploads.abort"));
    asked.cx.touch(upload.id.str());
    TRY(const auto ended, require_upload(asked, subject));
    return reply_with(asked, ended, Urls::Hidden);
}

} // namespace landfall::stac
