#pragma once
/// Arrays of NumPy (format 1.0).

#include "raster/read/image.hpp"
#include "raster/read/source_image.hpp"

#include <string>
#include <vector>

namespace landfall::raster {

/// Gathers an image part by part as (bands, rows, columns) in the type of its planes, doubles where they differ.
/// Missing values are 0; if there are any, a last band tells: the type's largest value up to 255 where all bands are
/// valid.
class NpyWriter {
public:
    NpyWriter(int width, int height) : width_(width), height_(height) {}

    void take(const Image& part, const LevelRect& where);
    /// Internal if the file can't be written.
    Status write(const std::string& path) const;

private:
    int width_, height_;
    std::vector<Samples> planes_; ///< of the whole
    Mask valid_;                  ///< of all bands
    bool any_missing_ = false;
};

} // namespace landfall::raster
