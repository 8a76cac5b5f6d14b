#include "domain/work/held_blob.hpp"

#include "storage/blob_key.hpp"

#include <span>

namespace landfall::domain {

Result<HeldBlob> hold_bytes(storage::ObjectStore& store, std::string_view bytes) {
    HeldBlob held;
    TRY(held.writer, store.create(storage::new_blob_key(), static_cast<std::int64_t>(bytes.size())));
    CHECK_OK(held.writer->write(std::as_bytes(std::span(bytes.data(), bytes.size()))));
    TRY(held.info, held.writer->finish());
    return held;
}

} // namespace landfall::domain
