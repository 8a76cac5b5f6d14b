#include "raster/open/placed_dataset.hpp"

#include <gdal_proxy.h>
#include <ogr_spatialref.h>

#include <algorithm>

namespace landfall::raster {
namespace {

class PlacedBand final : public GDALProxyRasterBand {
public:
    PlacedBand(GDALDataset& owner, GDALRasterBand& inner, int number) : inner_(inner) {
        poDS = &owner;
        nBand = number;
        eDataType = inner.GetRasterDataType();
        nRasterXSize = inner.GetXSize();
        nRasterYSize = inner.GetYSize();
        inner.GetBlockSize(&nBlockXSize, &nBlockYSize);
    }

protected:
    GDALRasterBand* RefUnderlyingRasterBand() const override { return &inner_; }

private:
    GDALRasterBand& inner_;
};

class PlacedDataset final : public GDALProxyDataset {
public:
    PlacedDataset(DatasetHandle inner, const std::optional<std::array<double, 6>>& transform, CrsHandle crs)
        : inner_(std::move(inner)), transform_(transform), crs_(std::move(crs)) {
        nRasterXSize = inner_->GetRasterXSize();
        nRasterYSize = inner_->GetRasterYSize();
        eAccess = GA_ReadOnly;
        SetDescription(inner_->GetDescription());
        for (int i = 1; i <= inner_->GetRasterCount(); ++i)
            SetBand(i, new PlacedBand(*this, *inner_->GetRasterBand(i), i)); // owned by this dataset
    }

    const OGRSpatialReference* GetSpatialRef() const override {
        return crs_ != nullptr ? crs_.get() : GDALProxyDataset::GetSpatialRef();
    }

    CPLErr GetGeoTransform(double* transform) override {
        if (!transform_)
            return GDALProxyDataset::GetGeoTransform(transform);
        std::copy(transform_->begin(), transform_->end(), transform);
        return CE_None;
    }

protected:
    GDALDataset* RefUnderlyingDataset() const override { return inner_.get(); }

private:
    DatasetHandle inner_;
    std::optional<std::array<double, 6>> transform_;
    CrsHandle crs_;
};

} // namespace

DatasetHandle with_place(DatasetHandle inner, const std::optional<std::array<double, 6>>& transform, CrsHandle crs) {
    return DatasetHandle(new PlacedDataset(std::move(inner), transform, std::move(crs)));
}

} // namespace landfall::raster
