#pragma once
/// Rational polynomial coefficients (RPC): how a satellite's camera maps longitude, latitude and height to pixels.

#include <memory>

class GDALDataset;

namespace landfall::raster {

struct RationalModelDeleter {
    void operator()(void* model) const;
};
/// A transformer for GDALRPCTransform, from pixels to WGS 84 longitude and latitude.
using RationalModel = std::unique_ptr<void, RationalModelDeleter>;

/// The model of a raster that nothing else places, on level ground at the model's mean height. Empty if the raster has
/// none, or has a geotransform or control points.
RationalModel read_rational_model(GDALDataset& dataset);

} // namespace landfall::raster
