#include "domain/ingest/ingest.hpp"

#include "catalog/work/part_upload.hpp"
#include "core/text.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/ingest/placing.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/transact.hpp"
#include "domain/work/awaited_tasks.hpp"
#include "imagery/sidecars.hpp"
#include "imagery/sniff.hpp"
#include "jobs/scratch.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

/// What a session's files are before anything slow happens.
struct Opened {
    catalog::UploadRow upload;
    std::vector<catalog::UploadFileRow> files;
    std::vector<catalog::PartUploadRow> in_parts; ///< files whose parts are still to come
};

/// What an earlier reading of the same bytes found.
std::optional<imagery::Facts> noted_facts(const catalog::UploadRow& upload, const IngestGroup& group) {
    if (!group.primary.row.probed)
        return std::nullopt;
    const Json noted = Json::parse(*group.primary.row.probed).value_or(Json());
    auto facts = schema::from_json<imagery::Facts>(noted["facts"]);
    return facts && noted["reading"].as_view() == reading_of(upload, group) ? std::optional(std::move(*facts))
                                                                            : std::nullopt;
}

Result<Opened> open_session(Call& call, const UploadId& id) {
    return in_snapshot(call, [&](Context& cx) -> Result<Opened> {
        TRY(auto upload, require_upload(cx, id));
        TRY(auto files, catalog::list_upload_files(cx.session, id));
        TRY(auto in_parts, catalog::list_open_part_uploads(cx.session, id));
        return Opened{std::move(upload), std::move(files), std::move(in_parts)};
    });
}

std::string names_of(const std::vector<catalog::UploadFileRow>& files, bool (*which)(const catalog::UploadFileRow&)) {
    std::string names;
    for (const auto& file : files)
        if (which(file))
            names += fmt::format("{}'{}'", names.empty() ? "" : ", ", file.file_name);
    return names;
}

Status check_parts(const std::vector<catalog::PartUploadRow>& in_parts) {
    if (in_parts.empty())
        return {};
    std::string names;
    for (const auto& file : in_parts)
        names += fmt::format("{}'{}'", names.empty() ? "" : ", ", file.file_name);
    return fail(Code::Conflict, fmt::format("These files are still being uploaded in parts: {}. Complete or abort them "
                                            "with uploads.parts.complete or uploads.parts.abort, then complete again",
                                            names));
}

Status check_sent(const Opened& opened) {
    CHECK_OK(check_parts(opened.in_parts));
    const auto& files = opened.files;
    const std::string refused = names_of(files, [](const auto& file) { return file.over_quota; });
    if (!refused.empty())
        return fail(
            Code::PaymentRequired,
            fmt::format("The storage quota had no room for these files: {}. Delete data or raise the quota, PUT "
                        "them again, then complete",
                        refused));
    const std::string missing = names_of(files, [](const auto& file) { return !file.blob_key; });
    if (missing.empty())
        return {};
    return fail(Code::Conflict,
                fmt::format("These files were signed but never sent: {}. PUT them, then complete again", missing));
}

/// What cannot become part of the target item need not be read first.
Status check_target(Call& call, const Opened& opened) {
    if (!opened.upload.target_item_id)
        return {};
    return call.services.database.read([&](database::Session& session) {
        return check_room(session, opened.upload.organization_id, *opened.upload.target_item_id,
                          static_cast<std::int64_t>(opened.files.size()));
    });
}

/// A refusal that names the file it is about.
Error about_file(Error error, const std::string& name) {
    error.message = fmt::format("{}: {}", name, error.message);
    error.fields = {{{}, error.message, "value_error"}};
    return error;
}

bool is_bad_file(const Error& error) {
    return error.code == Code::InvalidArgument;
}

/// One refusal that names every file that was refused.
class BadFiles {
public:
    /// The code of what is no file's fault ends the gathering.
    Status add(Error error) {
        if (!is_bad_file(error))
            return landfall::fail(std::move(error));
        errors_.push_back(std::move(error));
        return {};
    }
    bool none() const { return errors_.empty(); }
    Error joined() && {
        if (errors_.size() == 1)
            return std::move(errors_.front());
        Error all(Code::InvalidArgument, fmt::format("{} files cannot be used.", errors_.size()));
        for (Error& error : errors_) {
            all.message += " " + error.message;
            if (!all.message.ends_with('.'))
                all.message += '.';
            all.cause += (all.cause.empty() ? "" : "\n") + error.cause;
            all.fields.insert(all.fields.end(), error.fields.begin(), error.fields.end());
        }
        return all;
    }

private:
    std::vector<Error> errors_;
};

/// Probes one group in a private folder that holds its files under names of our own.
class Prober {
public:
    Prober(const Services& services, const catalog::UploadRow& upload, std::chrono::milliseconds time)
        : services_(services), tasks_(services, upload.organization_id, time), upload_(upload) {}

    /// Whether its time is over: what failed since may be done later.
    bool is_late() const { return tasks_.is_late(); }

    /// Reads a group, unless it was read before.
    Result<IngestGroup> probe(IngestGroup out) {
        if (auto noted = noted_facts(upload_, out)) {
            out.facts = std::move(*noted);
            out.known = true;
        } else {
            CHECK_OK(read(out));
        }
        if (!out.facts.media_type.empty())
            out.primary.media_type = out.facts.media_type;
        return out;
    }

private:
    Status read(IngestGroup& out) {
        TRY(const auto folder, jobs::ScratchFolder::make(services_.settings.scratch_directory));
        imagery::ProbeArguments arguments;
        TRY(arguments.files, lay_out_group(out, folder));
        arguments.files.crs = upload_.crs.value_or("");
        arguments.files.crs_for_none = true;
        arguments.categorical_hint = upload_.is_categorical;
        TRY(out.facts, run(imagery::kProbe, folder.path(), arguments));
        make_drawable(out);
        return {};
    }

    Result<imagery::WorkerFiles> lay_out_group(const IngestGroup& group, const jobs::ScratchFolder& folder) {
        std::vector<NamedBlob> files{{group.primary.safe_name, *group.primary.row.blob_key}};
        for (const auto& sidecar : group.sidecars)
            add_named(files, {sidecar.safe_name, *sidecar.row.blob_key});
        return lay_out(services_.blobs, folder, files, group.primary.row.file_name);
    }

    /// Formats that no tile can be drawn from get their rendition now, so that the item can be shown when `complete`
    /// answers. Where that takes too long the job does it.
    void make_drawable(IngestGroup& group) {
        if (!group.facts.raster || !group.facts.raster->renderable)
            return;
        std::vector<std::string> names;
        names.reserve(group.sidecars.size());
        for (const auto& sidecar : group.sidecars)
            names.push_back(sidecar.row.file_name);
        const std::string& media_type =
            group.facts.media_type.empty() ? group.primary.media_type : group.facts.media_type;
        if (!direct_extension(group.facts, media_type, names))
            if (auto made = make_cog(group))
                group.cog = std::move(*made);
    }

    Result<MadeCog> make_cog(const IngestGroup& group) {
        TRY(auto folder, jobs::ScratchFolder::make(services_.settings.scratch_directory));
        TRY(auto files, lay_out_group(group, folder));
        return make_cog_now(services_, tasks_, {std::move(folder), std::move(files)}, group.facts);
    }

    template<typename Arguments, typename Answer>
    Result<Answer> run(const schema::TaskSpec<Arguments, Answer>& task, const std::string& folder,
                       const Arguments& arguments) {
        return tasks_.run(task, folder, arguments).map_error([&](Error error) {
            return about_file(std::move(error), arguments.files.original_name);
        });
    }

    const Services& services_;
    AwaitedTasks tasks_;
    const catalog::UploadRow& upload_;
};

/// Finds out what the files of a session are and which belong together.
class Sorter {
public:
    Sorter(const Services& services, const std::vector<catalog::UploadFileRow>& files)
        : services_(services), files_(files) {}

    /// The groups, unread yet, and what is left out. InvalidArgument naming every file that cannot be what it should.
    Result<std::vector<IngestGroup>> sort(std::vector<std::size_t>& left_out) {
        std::vector<imagery::SentFile> sent;
        for (const auto& file : files_) {
            TRY(const bool is_data, look_at(file));
            sent.push_back({file.file_name, is_data});
        }
        TRY(auto grouping, imagery::group_files(sent));
        if (grouping.groups.empty())
            return fail(no_data());
        left_out = std::move(grouping.left_out);
        BadFiles bad;
        std::vector<IngestGroup> groups;
        for (const auto& group : grouping.groups) {
            if (auto sorted = sorted_group(group))
                groups.push_back(*std::move(sorted));
            else
                CHECK_OK(bad.add(std::move(sorted).error()));
        }
        if (!bad.none())
            return fail(std::move(bad).joined());
        return groups;
    }

private:
    /// Sniffs a file; whether it is one to make an item of, or is meant to be.
    Result<bool> look_at(const catalog::UploadFileRow& file) {
        found_.push_back(sniff_blob(services_.store, *file.blob_key, file.file_name));
        const auto& sniffed = found_.back();
        if (!sniffed && !is_bad_file(sniffed.error()))
            return fail(sniffed.error());
        return (sniffed && sniffed->kind != imagery::FileKind::Sidecar) || imagery::promises_data(file.file_name);
    }

    Result<IngestFile> usable(std::size_t index) const {
        if (!found_[index])
            return fail(about_file(found_[index].error(), files_[index].file_name));
        return IngestFile{files_[index], found_[index]->media_type, found_[index]->safe_name};
    }

    Result<IngestGroup> sorted_group(const imagery::FileGroup& group) const {
        IngestGroup out;
        TRY(out.primary, usable(group.primary));
        for (const std::size_t index : group.sidecars) {
            TRY(auto sidecar, usable(index));
            sidecar.safe_name = imagery::safe_sidecar_name(sidecar.row.file_name, out.primary.safe_name);
            out.sidecars.push_back(std::move(sidecar));
        }
        for (const std::size_t index : group.companions)
            out.sidecars.push_back({files_[index], std::string(imagery::companion_media_type(files_[index].file_name)),
                                    imagery::safe_sidecar_name(files_[index].file_name, out.primary.safe_name)});
        return out;
    }

    /// Nothing but files that describe others, or nothing that can be read.
    Error no_data() const {
        BadFiles bad;
        for (std::size_t i = 0; i < files_.size(); ++i) {
            Error error = found_[i] ? Error(Code::InvalidArgument, "The file only describes another one; upload it "
                                                                   "together with the raster of the same name")
                                    : found_[i].error();
            (void)bad.add(about_file(std::move(error), files_[i].file_name)); // all are of that code
        }
        return std::move(bad).joined();
    }

    const Services& services_;
    const std::vector<catalog::UploadFileRow>& files_;
    std::vector<Result<imagery::Sniffed>> found_; ///< of each file
};

/// A sentence for the user about files that nothing was made of.
std::string left_out_warning(const std::vector<catalog::UploadFileRow>& files, const std::vector<std::size_t>& which) {
    std::string names;
    for (const std::size_t index : which)
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", clean_utf8(files[index].file_name, 255));
    return fmt::format("Left out, as they are no data and belong to no file of the upload: {}.", names);
}

/// Reads as many groups as there is time for; what could not be read is named when all were looked at.
Status probe_groups(Prober& prober, std::vector<IngestGroup> groups, PreparedIngest& prepared) {
    BadFiles bad;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        auto one = prober.probe(std::move(groups[i]));
        const bool late = prober.is_late();
        if (one) {
            prepared.groups.push_back(*std::move(one));
        } else if (late && one.error().code == Code::Unavailable) {
            prepared.unfinished = true;
        } else {
            CHECK_OK(bad.add(std::move(one).error()));
        }
        prepared.unfinished = prepared.unfinished || (late && i + 1 < groups.size());
        if (prepared.unfinished)
            return {};
    }
    return bad.none() ? Status() : fail(std::move(bad).joined());
}

Status probe_all(const Services& services, const Opened& opened, std::chrono::milliseconds time,
                 PreparedIngest& prepared) {
    std::vector<std::size_t> left_out;
    TRY(auto groups, Sorter(services, opened.files).sort(left_out));
    if (opened.upload.asset_key && groups.size() > 1)
        return fail_field(
            "asset_key",
            fmt::format("asset_key names the asset of one primary file, but the session has {}", groups.size()));
    Prober prober(services, opened.upload, time);
    CHECK_OK(probe_groups(prober, std::move(groups), prepared));
    if (prepared.unfinished || left_out.empty())
        return {};
    for (const std::size_t index : left_out)
        prepared.left_out.push_back(*opened.files[index].blob_key);
    prepared.groups.front().facts.warnings.push_back(left_out_warning(opened.files, left_out));
    return {};
}

} // namespace

std::string reading_of(const catalog::UploadRow& upload, const IngestGroup& group) {
    std::string reading = *group.primary.row.blob_key;
    for (const auto& sidecar : group.sidecars)
        reading += " " + *sidecar.row.blob_key;
    return reading + " " + upload.crs.value_or("");
}

Result<UploadId> resolve_upload(Call& call, const std::optional<std::string>& id) {
    if (id)
        return UploadId(*id);
    return call.services.database.read_for([&](database::Session& session) -> Result<UploadId> {
        TRY(const auto open, catalog::list_open_uploads(session, call.principal.organization_id, call.principal.id, 2));
        if (open.size() == 1)
            return open.front().id;
        return fail_field("upload_id", "Field required: the caller has not exactly one open upload", "missing");
    });
}

Result<PreparedIngest> prepare_ingest(Call& call, const UploadId& id, const std::optional<std::string>& crs) {
    TRY(auto opened, open_session(call, id));
    opened.upload.crs = crs;
    PreparedIngest prepared;
    prepared.upload = opened.upload;
    if (opened.upload.state == catalog::UploadState::Completed)
        return prepared;
    if (opened.upload.state == catalog::UploadState::Failed)
        return fail(Code::Conflict, fmt::format("The upload has failed ({}); start a new one with uploads.initiate",
                                                opened.upload.error_message.value_or("")));
    CHECK_OK(check_sent(opened));
    if (crs)
        CHECK_OK(check_crs(call, *crs)); // a slip of the pen must not end the session
    TRY(prepared.claim, UploadClaim::take(call, opened.upload));
    // A file that was replaced between the reading above and the claim must not be missed.
    TRY(const auto claimed, open_session(call, id));
    CHECK_OK(check_sent(claimed));
    prepared.upload = claimed.upload;
    prepared.token = prepared.claim->token();
    if (claimed.files.empty())
        return prepared;
    CHECK_OK(check_target(call, claimed));
    const std::chrono::seconds time(call.services.settings.limits.complete_seconds);
    const Status probed = probe_all(call.services, claimed, time, prepared);
    if (!probed) {
        if (is_bad_file(probed.error()))
            CHECK_OK(prepared.claim->fail(probed.error().message));
        return fail(probed.error());
    }
    return prepared;
}

Result<PreparedIngest> resume_ingest(const Services& services, const catalog::UploadRow& upload,
                                     std::chrono::milliseconds time) {
    Opened opened{upload, {}, {}};
    TRY(opened.files, services.database.read_for(
                          [&](database::Session& session) { return catalog::list_upload_files(session, upload.id); }));
    PreparedIngest prepared;
    prepared.upload = upload;
    prepared.token = upload.claim_token.value_or("");
    CHECK_OK(probe_all(services, opened, time, prepared));
    return prepared;
}

} // namespace landfall::domain
