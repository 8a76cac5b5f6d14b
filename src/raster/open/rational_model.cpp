#include "raster/open/rational_model.hpp"

#include <fmt/format.h>
#include <gdal_alg.h>
#include <gdal_priv.h>

#include <array>

namespace landfall::raster {
namespace {

constexpr double kPixelTolerance = 0.1; ///< at which the inversion of the polynomials ends

bool has_transform(GDALDataset& dataset) {
    std::array<double, 6> transform{};
    // Some writers note the identity where there is no transform.
    return dataset.GetGeoTransform(transform.data()) == CE_None && transform != std::array<double, 6>{0, 1, 0, 0, 0, 1};
}

} // namespace

void RationalModelDeleter::operator()(void* model) const {
    GDALDestroyRPCTransformer(model);
}

RationalModel read_rational_model(GDALDataset& dataset) {
    GDALRPCInfoV2 info{};
    if (has_transform(dataset) || dataset.GetGCPCount() > 0 ||
        GDALExtractRPCInfoV2(dataset.GetMetadata("RPC"), &info) == 0)
        return {};
    const std::string height = fmt::format("RPC_HEIGHT={}", info.dfHEIGHT_OFF);
    std::array<const char*, 2> options = {height.c_str(), nullptr};
    return RationalModel(GDALCreateRPCTransformerV2(&info, FALSE, kPixelTolerance, const_cast<char**>(options.data())));
}

} // namespace landfall::raster
