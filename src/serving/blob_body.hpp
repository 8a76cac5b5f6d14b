#pragma once
/// A stored blob as the body of an answer.

#include "http/message/message.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <memory>

namespace landfall::serving {

/// All `size` bytes of a blob: the file itself where the store has one, else pulled from the store.
http::Body body_of(const std::shared_ptr<const storage::BlobReader>& reader, std::int64_t size);

} // namespace landfall::serving
