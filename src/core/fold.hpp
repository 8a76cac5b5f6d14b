#pragma once
/// Text without the case of its letters, for comparing what people write.

#include <string>
#include <string_view>

namespace landfall {

/// UTF-8 with the letters of Latin, Greek and Cyrillic in lower case, one for one: ß stays, and what is no UTF-8 too.
/// Spec: Unicode, simple case mapping of U+0041..U+052F and U+1E00..U+1EFF.
std::string fold_case(std::string_view text);

} // namespace landfall
