#pragma once
/// GDAL reads files that this process can not open: through descriptors it was handed. No paths, no writing.

#include "core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::raster {

struct NamedDescriptor {
    std::string name; ///< plain file name: letters, digits, `.`, `_`, `-`
    int descriptor = -1;
};

/// A virtual folder `/vsiblob/<number>` whose files are descriptors, read by pread. Only what was registered can be
/// seen. Closes its descriptors when it dies; no dataset may be open on it then. Movable; the underlying table is
/// thread-safe, as GDAL's own table of file systems is one per process.
class DescriptorFolder {
public:
    /// Takes ownership of the descriptors, also on failure. InvalidArgument on a bad or repeated name, Internal if a
    /// descriptor is no readable regular file.
    static Result<DescriptorFolder> make(const std::vector<NamedDescriptor>& files);
    DescriptorFolder(DescriptorFolder&& other) noexcept;
    DescriptorFolder& operator=(DescriptorFolder&& other) noexcept;
    ~DescriptorFolder();

    /// Path for GDAL: `/vsiblob/<number>/<name>`.
    std::string path_of(std::string_view name) const;

private:
    explicit DescriptorFolder(int number) : number_(number) {}
    int number_ = 0; ///< 0: moved from
};

} // namespace landfall::raster
