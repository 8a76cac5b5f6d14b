#pragma once
/// The STAC APIs of a server as faces: `/api/stac/…` and the files of assets at the root.

#include "http/server/face.hpp"
#include "stac/site.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::stac {

/// What the faces work with; must outlive them.
class Apis {
public:
    Apis(const domain::Services& services, admission::Pipeline& pipeline);

    std::vector<http::Face> faces();

private:
    Memory memory_;
    Site swisstopo_;
    Site swisstopo09_;
};

} // namespace landfall::stac
