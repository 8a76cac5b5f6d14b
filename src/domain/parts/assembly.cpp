#include "domain/parts/assembly.hpp"

#include "core/conditions.hpp"
#include "core/digest.hpp"
#include "core/text.hpp"
#include "storage/part_store.hpp"
#include "storage/s3_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace landfall::domain {
namespace {

constexpr std::chrono::seconds kLease{10};
constexpr std::chrono::seconds kBeat{3};

/// Why parts can't become the file, in a word of S3.
struct PartFault {
    std::string_view type;
    std::string message;
};

auto has_ended(const catalog::PartUploadRow& upload) {
    return fail(Code::Conflict, upload.state == catalog::PartUploadState::Completed
                                    ? "The upload in parts is completed, of other parts than these"
                                    : "The upload in parts is aborted; begin a new one");
}

auto taken_over() {
    return fail_race("The parts are being put together by another call; ask again in a moment");
}

/// Of a part, as it is compared.
std::string tag_of(std::string_view etag) {
    return lower_case(bare_etag(etag));
}

Result<std::string> digest_of(const std::vector<ChosenPart>& parts) {
    Digest digest(DigestKind::Sha256);
    for (const auto& part : parts) {
        const std::string line = fmt::format("{}:{}\n", part.number, tag_of(part.etag));
        digest.update(std::as_bytes(std::span(line)));
    }
    TRY(const auto raw, digest.value());
    return to_hex(raw);
}

std::string file_etag(const storage::BlobInfo& blob) {
    return tag_of(storage::etag_of(blob));
}

/// What the parts are checked against.
struct PartTerms {
    const catalog::PartUploadRow& upload;
    std::int64_t smallest;
};

std::optional<PartFault> check_chosen(const std::vector<ChosenPart>& chosen,
                                      const std::vector<storage::PartInfo>& there) {
    if (chosen.empty())
        return PartFault{"InvalidPart", "No part has been sent yet"};
    int before = 0;
    for (const auto& part : chosen) {
        if (part.number <= before)
            return PartFault{"InvalidPartOrder",
                             fmt::format("The parts must be named in ascending order, and part {} comes after part {}",
                                         part.number, before)};
        before = part.number;
        const auto found = std::ranges::lower_bound(there, part.number, {}, &storage::PartInfo::number);
        if (found == there.end() || found->number != part.number)
            return PartFault{"InvalidPart", fmt::format("Part {} has not been sent", part.number)};
        if (to_hex(found->md5) != tag_of(part.etag))
            return PartFault{"InvalidPart", fmt::format("Part {} was stored with the ETag {}, not {}", part.number,
                                                        to_hex(found->md5), clean_utf8(part.etag, 64))};
    }
    return std::nullopt;
}

std::optional<PartFault> check_sizes(const std::vector<storage::PartInfo>& parts, const PartTerms& terms) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto& part = parts[i];
        sum += part.size;
        if (i + 1 == parts.size())
            break;
        if (part.size < terms.smallest)
            return PartFault{"EntityTooSmall", fmt::format("Part {} has {} bytes; every part but the last has at least "
                                                           "{}",
                                                           part.number, part.size, terms.smallest)};
        if (terms.upload.part_size && part.size != *terms.upload.part_size)
            return PartFault{"InvalidPart", fmt::format("Part {} has {} bytes; every part but the last has {}",
                                                        part.number, part.size, *terms.upload.part_size)};
    }
    if (terms.upload.size && sum != *terms.upload.size)
        return PartFault{"InvalidRequest", fmt::format("The parts have {} bytes together, but the file was to have {}",
                                                       sum, *terms.upload.size)};
    return std::nullopt;
}

/// All that are there, if none is missing before another.
std::optional<PartFault> choose_all(const std::vector<storage::PartInfo>& there, std::vector<ChosenPart>& chosen) {
    for (const auto& part : there) {
        if (part.number != static_cast<int>(chosen.size()) + 1)
            return PartFault{"InvalidPart", fmt::format("Part {} has not been sent", chosen.size() + 1)};
        chosen.push_back({part.number, to_hex(part.md5)});
    }
    return std::nullopt;
}

/// Puts the parts of one upload together under its claim.
class Assembler {
public:
    Assembler(const Services& services, catalog::PartUploadRow upload, std::string token)
        : services_(services), upload_(std::move(upload)), token_(std::move(token)) {}

    Result<AssembledParts> run(const std::optional<std::vector<ChosenPart>>& choice) {
        if (upload_.etag && is_stored())
            return take_up(choice);
        auto there = services_.store.parts()->list_parts(upload_.blob_key);
        if (!there && there.error().code != Code::NotFound)
            return fail(there.error());
        CHECK_OK(choose(there.value_or(std::vector<storage::PartInfo>()), choice));
        CHECK_OK(seal());
        return put_together();
    }

private:
    /// Whether the blob is there already, as it was sealed.
    bool is_stored() const {
        const auto blob = services_.store.open(upload_.blob_key);
        return blob && (*blob)->size() == upload_.stored_size.value_or(-1);
    }

    /// Ends what a call began that got as far as the store.
    Result<AssembledParts> take_up(const std::optional<std::vector<ChosenPart>>& choice) {
        if (choice) {
            TRY(const auto digest, digest_of(*choice));
            if (digest != upload_.parts_digest)
                return fail_field("parts", "The file was put together of other parts than these", "InvalidPart");
        }
        return assembled({});
    }

    Status choose(const std::vector<storage::PartInfo>& there, const std::optional<std::vector<ChosenPart>>& choice) {
        std::optional<PartFault> fault;
        if (choice)
            chosen_ = *choice;
        else
            fault = choose_all(there, chosen_);
        if (!fault)
            fault = check_chosen(chosen_, there);
        if (!fault) {
            for (const auto& part : chosen_)
                parts_.push_back(*std::ranges::lower_bound(there, part.number, {}, &storage::PartInfo::number));
            fault = check_sizes(parts_, {upload_, services_.settings.limits.smallest_part_bytes});
        }
        if (!fault)
            return {};
        if (choice)
            return fail_field("parts", std::move(fault->message), std::string(fault->type));
        return fail(Code::Conflict, fault->message + ". List the parts, send what is missing, then complete again");
    }

    Status seal() {
        TRY(const auto info, storage::composite_info(upload_.blob_key, parts_));
        md5_ = info.md5;
        catalog::PartSeal seal;
        seal.etag = file_etag(info);
        seal.size = info.size;
        if (parts_.size() == 1 && !parts_.front().sha256.empty())
            seal.sha256 = to_hex(parts_.front().sha256);
        TRY(seal.parts_digest, digest_of(chosen_));
        TRY(const bool ours, services_.transactor.run_for([&](catalog::Transaction& transaction) {
            return catalog::seal_part_upload(transaction, upload_.id, token_, seal);
        }));
        if (!ours)
            return taken_over();
        upload_.etag = seal.etag;
        upload_.stored_size = seal.size;
        upload_.stored_sha256 = seal.sha256;
        upload_.parts_digest = seal.parts_digest;
        return {};
    }

    Result<AssembledParts> put_together() {
        std::vector<int> numbers;
        std::ranges::transform(chosen_, std::back_inserter(numbers), &ChosenPart::number);
        auto done = services_.store.parts()->complete(upload_.blob_key, {numbers, md5_});
        if (!done && (done.error().code == Code::NotFound || done.error().code == Code::Conflict))
            return taken_over();
        if (!done)
            return fail(done.error());
        return assembled(std::move(done->hold));
    }

    AssembledParts assembled(std::shared_ptr<const void> hold) const {
        AssembledParts out;
        out.upload = upload_;
        out.file = {upload_.blob_key, upload_.stored_size.value_or(0), upload_.etag.value_or(""),
                    upload_.stored_sha256.value_or("")};
        out.hold = std::move(hold);
        return out;
    }

    const Services& services_;
    catalog::PartUploadRow upload_;
    const std::string token_;
    std::vector<ChosenPart> chosen_;
    std::vector<storage::PartInfo> parts_; ///< of the chosen
    std::string md5_;                      ///< of the whole, raw
};

/// The answer to a repeated call.
Result<AssembledParts> completed_before(const catalog::PartUploadRow& upload,
                                        const std::optional<std::vector<ChosenPart>>& choice) {
    if (choice) {
        TRY(const auto digest, digest_of(*choice));
        if (digest != upload.parts_digest)
            return has_ended(upload);
    }
    AssembledParts out;
    out.upload = upload;
    out.file = {upload.blob_key, upload.stored_size.value_or(0), upload.etag.value_or(""),
                upload.stored_sha256.value_or("")};
    out.repeated = true;
    return out;
}

} // namespace

PartsClaim::PartsClaim(const Services& services, catalog::PartUploadRow upload, std::string token)
    : services_(services), upload_(std::move(upload)), token_(std::move(token)), heartbeat_(kBeat, [this] {
          (void)services_.transactor.run_for([&](database::Session& session) {
              return catalog::renew_part_claim(session, upload_.id, token_, services_.clock.now() + kLease);
          });
      }) {}

Result<std::unique_ptr<PartsClaim>> PartsClaim::take(const Services& services, const catalog::PartUploadRow& upload) {
    const Timestamp now = services.clock.now();
    const catalog::PartClaim claim{unique_part(), now, now + kLease, services.server_epoch};
    TRY(const bool won, services.transactor.run_for([&](database::Session& session) {
        return catalog::claim_part_upload(session, upload.id, claim);
    }));
    if (!won)
        return taken_over();
    return std::unique_ptr<PartsClaim>(new PartsClaim(services, upload, claim.token));
}

PartsClaim::~PartsClaim() {
    heartbeat_.stop();
    const auto now = services_.database.read_for(
        [&](database::Session& session) { return catalog::find_part_upload_of_any_organization(session, upload_.id); });
    if (!now || !*now)
        return; // the lease runs out by itself
    if ((*now)->state != catalog::PartUploadState::InProgress)
        (void)services_.store.parts()->abort(upload_.blob_key);
    if ((*now)->state == catalog::PartUploadState::Aborted) {
        (void)services_.store.remove(upload_.blob_key);
    } else if ((*now)->state == catalog::PartUploadState::InProgress && (*now)->claim_token == token_) {
        (void)services_.transactor.run([&](catalog::Transaction& transaction) {
            return catalog::return_part_claim(transaction, upload_.id, token_);
        });
    }
}

Result<AssembledParts> assemble_parts(const Call& call, const catalog::PartUploadRow& upload,
                                      const std::optional<std::vector<ChosenPart>>& choice) {
    const Services& services = call.services;
    const auto read_again = [&] {
        return services.database.read_for([&](database::Session& session) {
            return catalog::find_part_upload(session, upload.organization_id, upload.id);
        });
    };
    if (upload.state == catalog::PartUploadState::Aborted || services.store.parts() == nullptr)
        return has_ended(upload);
    if (upload.state == catalog::PartUploadState::Completed)
        return completed_before(upload, choice);
    auto claim = PartsClaim::take(services, upload);
    TRY(auto now, read_again());
    if (!claim && now && now->state == catalog::PartUploadState::Completed)
        return completed_before(*now, choice);
    if (!claim && now && now->state == catalog::PartUploadState::Aborted)
        return has_ended(*now);
    if (!claim)
        return fail(claim.error());
    if (!now)
        return has_ended(upload);
    TRY(auto out, Assembler(services, *std::move(now), (*claim)->token()).run(choice));
    out.claim = *std::move(claim);
    return out;
}

Result<catalog::HeldStorage> finish_parts(Context& cx, const AssembledParts& assembled) {
    const auto& id = assembled.upload.id;
    CHECK_OK(catalog::touch_part_upload(cx.session, id, cx.now)); // locks the row, so that what it reserves stays
    TRY(const auto now, catalog::find_part_upload(cx.session, assembled.upload.organization_id, id));
    TRY(const bool ours, catalog::complete_part_upload(cx.session, id, assembled.claim->token(), cx.now));
    if (!ours && now && now->state == catalog::PartUploadState::Aborted)
        return has_ended(*now);
    if (!ours || !now)
        return taken_over();
    cx.touch(id.str());
    return catalog::HeldStorage{now->reserved_bytes, now->reserved_bytes};
}

} // namespace landfall::domain
