#pragma once
/// What every store refuses in the same words.

#include "core/result.hpp"

namespace landfall::storage {

inline auto key_taken() {
    return fail(Code::Conflict, "An object of that key exists already.");
}
inline auto being_written() {
    return fail(Code::Conflict, "The object is being written.");
}
inline auto no_such_object() {
    return fail(Code::NotFound, "There is no such object.");
}
inline auto upload_taken() {
    return fail(Code::Conflict, "An upload of that key exists already.");
}
inline auto no_such_upload() {
    return fail(Code::NotFound, "There is no such upload of parts.");
}
inline auto part_changed() {
    return fail(Code::Conflict, "A part was uploaded again meanwhile. Try again.");
}

} // namespace landfall::storage
