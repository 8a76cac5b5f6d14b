#pragma once
/// The body of operations that take nothing.

#include "schema/fields.hpp"

namespace landfall::operations {

struct Empty {};
constexpr auto describe(schema::Of<Empty> /*tag*/) {
    return schema::fields();
}

} // namespace landfall::operations
