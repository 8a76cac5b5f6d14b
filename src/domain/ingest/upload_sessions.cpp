#include "domain/ingest/upload_sessions.hpp"

#include "domain/ingest/uploads.hpp"
#include "domain/tenancy/access.hpp"

#include <algorithm>

namespace landfall::domain {
namespace {

Result<ShownUpload> shown(Context& cx, catalog::UploadRow upload) {
    ShownUpload out;
    TRY(auto files, catalog::list_upload_files(cx.session, upload.id));
    TRY(const auto parts, catalog::list_open_part_uploads(cx.session, upload.id));
    for (auto& file : files) {
        const auto open = std::ranges::find(parts, file.file_name, &catalog::PartUploadRow::file_name);
        out.files.push_back({std::move(file), open == parts.end() ? std::nullopt : std::optional(*open)});
    }
    TRY(const Json ids, Json::parse(upload.item_ids));
    for (const auto& id : ids.items())
        out.item_ids.push_back(id.as_string());
    TRY(out.warnings, upload_warnings(cx, upload, out.item_ids));
    out.upload = std::move(upload);
    return out;
}

} // namespace

Result<ShownUpload> show_upload(Context& cx, const UploadId& id) {
    TRY(auto upload, require_upload(cx, id));
    return shown(cx, std::move(upload));
}

Result<UploadPage> list_uploads(Context& cx, const UploadListing& query) {
    TRY(const auto project, require_project(cx, query.project_id, ProjectRole::Editor));
    const catalog::UploadQuery wanted{project.organization_id, project.id, query.state, query.limit, query.offset};
    UploadPage page;
    TRY(page.total, catalog::count_uploads(cx.session, wanted));
    TRY(auto uploads, catalog::list_uploads(cx.session, wanted));
    for (auto& upload : uploads) {
        TRY(page.uploads.emplace_back(), shown(cx, std::move(upload)));
    }
    return page;
}

} // namespace landfall::domain
