#pragma once
/// A whole raster as a small picture that the caller waits for: `cog.thumbnail`.

#include "domain/context.hpp"
#include "domain/drawing/view.hpp"

#include <string>

namespace landfall::domain {

struct SmallPictureTerms {
    View view;
    int width = 256, height = 256; ///< of the box in pixels; the picture fits inside and touches one side
};
/// A JPEG. Fails as `measure` does.
Result<std::string> draw_small(Call& call, const SmallPictureTerms& terms);

} // namespace landfall::domain
