#include "domain/work/checksum_order.hpp"

namespace landfall::domain {

Status order_checksum(Context& cx, const UnreadFile& file) {
    JobSubject subject;
    subject.organization_id = file.organization_id;
    subject.project_id = file.project_id;
    subject.item_id = file.item_id;
    subject.dedupe_key = "checksum:" + file.blob_key;
    subject.is_hidden = true;
    JobOrder order{kChecksumJobName};
    order.payload = schema::to_json_text(ChecksumPayload{file.blob_key});
    return enqueue_order(cx, std::move(order), std::move(subject)).map([](const JobId&) {});
}

} // namespace landfall::domain
