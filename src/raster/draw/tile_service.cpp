#include "raster/draw/tile_service.hpp"

#include "raster/draw/render_tile.hpp"
#include "raster/open/drivers.hpp"
#include "raster/open/fd_filesystem.hpp"
#include "raster/open/placed_dataset.hpp"
#include "raster/read/point_values.hpp"
#include "raster/read/wanted_image.hpp"

#include <gdal_priv.h>

#include <list>
#include <malloc.h>
#include <type_traits>
#include <unistd.h>

namespace landfall::raster {
namespace {

/// A tile's buffers come and go with each request: memory given back to the system would be faulted in again, page by
/// page, for the next one.
void keep_freed_memory() {
    constexpr int kLargestKept = 32 << 20;
    // NOLINTBEGIN(concurrency-mt-unsafe): a worker that begins has one thread
    mallopt(M_MMAP_THRESHOLD, kLargestKept);
    mallopt(M_TRIM_THRESHOLD, 2 * kLargestKept);
    // NOLINTEND(concurrency-mt-unsafe)
}

struct OpenSource {
    std::string id;
    DescriptorFolder folder; ///< outlives the image that reads from it
    std::unique_ptr<SourceImage> image;
};

/// Closes the descriptors that nobody took.
class Descriptors {
public:
    explicit Descriptors(std::vector<int> all) : all_(std::move(all)) {}
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;
    ~Descriptors() {
        for (const int descriptor : all_)
            close(descriptor);
    }
    std::size_t size() const { return all_.size(); }
    std::vector<int> take() { return std::exchange(all_, {}); }

private:
    std::vector<int> all_;
};

Result<OpenSource> open_source(const TileRequest& tile, const std::vector<std::string>& files,
                               Descriptors& descriptors) {
    if (descriptors.size() == 0)
        return fail(Code::NotFound, "The source is not open here. Repeat the request with its files.");
    if (files.size() != descriptors.size())
        return fail_internal("a tile request names other files than it brings");
    if (!is_allowed_driver(tile.driver))
        return fail(Code::Unsupported, "Files of this format can't be drawn.");
    std::vector<NamedDescriptor> named;
    const std::vector<int> taken = descriptors.take();
    named.reserve(taken.size());
    for (std::size_t i = 0; i < taken.size(); ++i)
        named.push_back({files[i], taken[i]});
    const std::string first = named[0].name;
    TRY(DescriptorFolder folder, DescriptorFolder::make(named));
    const QuietErrors quiet;
    DatasetHandle dataset = open_raster(folder.path_of(first), tile.driver);
    if (!dataset)
        return fail(Error{Code::InvalidArgument, "The file can't be read as a picture."}.because(quiet.text()));
    if (!tile.crs.empty())
        dataset = with_place(std::move(dataset), std::nullopt, crs_from_text(tile.crs));
    TRY(auto image, SourceImage::make(std::move(dataset)));
    return OpenSource{tile.source, std::move(folder), std::move(image)};
}

} // namespace

struct TileService::Impl {
    std::size_t max_datasets;
    std::list<OpenSource> pool; ///< most recently used first
    Encoder encoder;

    Result<SourceImage*> find(const TileRequest& tile, const std::vector<std::string>& files,
                              Descriptors& descriptors) {
        for (auto it = pool.begin(); it != pool.end(); ++it)
            if (it->id == tile.source) {
                pool.splice(pool.begin(), pool, it);
                return pool.front().image.get();
            }
        TRY(OpenSource source, open_source(tile, files, descriptors));
        if (pool.size() >= max_datasets)
            pool.pop_back();
        pool.push_front(std::move(source));
        return pool.front().image.get();
    }

    /// What is made of the open source; a failure tells what GDAL said.
    template<typename Make>
    auto with_source(const TileOrder& order, std::vector<int> owned, Make make)
        -> std::invoke_result_t<Make, SourceImage&> {
        Descriptors descriptors(std::move(owned));
        if (order.block_bytes && *order.block_bytes != GDALGetCacheMax64())
            GDALSetCacheMax64(*order.block_bytes);
        TRY(SourceImage * image, find(order.tile, order.files, descriptors));
        const QuietErrors quiet;
        auto made = make(*image);
        if (!made && made.error().cause.empty())
            made.error().cause = quiet.text();
        return made;
    }
};

TileService::TileService(std::size_t max_datasets) : impl_(std::make_unique<Impl>()) {
    impl_->max_datasets = std::max<std::size_t>(max_datasets, 1);
    register_drivers();
    keep_freed_memory();
}
TileService::~TileService() = default;

Result<Tile> TileService::handle(const TileOrder& order, std::vector<int> descriptors) {
    return impl_->with_source(order, std::move(descriptors),
                              [&](SourceImage& image) { return render_tile(image, order.tile, impl_->encoder); });
}

Result<PointAnswer> TileService::read(const TileOrder& order, std::vector<int> descriptors) {
    return impl_->with_source(order, std::move(descriptors), [&](SourceImage& image) -> Result<PointAnswer> {
        TRY(const ImageSpec spec, wanted_image(image, order.tile.rendering, order.tile.facts));
        return point_values(image, spec, *order.points);
    });
}

} // namespace landfall::raster
