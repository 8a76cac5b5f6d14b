#include "raster/draw/encode.hpp"

#include "raster/draw/png.hpp"

#include <algorithm>
#include <libdeflate.h>
#include <turbojpeg.h>
#include <webp/encode.h>

namespace landfall::raster {
namespace {

constexpr int kMaxSide = 16'383; ///< WebP's limit
constexpr int kDeflateLevel = 1;

struct DeflateDeleter {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};
struct JpegDeleter {
    void operator()(void* handle) const { tjDestroy(handle); }
};

/// A WebP picture and its output, freed together.
struct WebpJob {
    WebPPicture picture{};
    WebPMemoryWriter writer{};
    bool ready = false;

    WebpJob() {
        WebPMemoryWriterInit(&writer);
        ready = WebPPictureInit(&picture) != 0;
        picture.writer = WebPMemoryWrite;
        picture.custom_ptr = &writer;
    }
    WebpJob(const WebpJob&) = delete;
    WebpJob& operator=(const WebpJob&) = delete;
    ~WebpJob() {
        WebPPictureFree(&picture);
        WebPMemoryWriterClear(&writer);
    }
};

bool is_opaque(const Picture& picture) {
    std::uint32_t all = 0xFFFFFFFFU;
    for (const std::uint32_t pixel : picture.pixels)
        all &= pixel;
    return all >> 24 == 255;
}

Result<std::string> encode_webp(const Picture& source, int quality) {
    WebPConfig config;
    WebpJob job;
    if (!job.ready || !WebPConfigInit(&config))
        return fail_internal("libwebp has another version than its headers");
    config.method = quality >= 100 ? 0 : 1;
    config.lossless = quality >= 100 ? 1 : 0;
    config.quality = config.lossless ? 20.0F : static_cast<float>(quality); // lossless: effort
    config.alpha_filtering = 0;
    config.alpha_quality = 100;
    config.exact = config.lossless;
    job.picture.use_argb = config.lossless;
    job.picture.width = source.width;
    job.picture.height = source.height;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(source.pixels.data());
    const int imported = is_opaque(source) ? WebPPictureImportRGBX(&job.picture, bytes, source.width * 4)
                                           : WebPPictureImportRGBA(&job.picture, bytes, source.width * 4);
    if (!imported || !WebPEncode(&config, &job.picture))
        return fail_internal("libwebp failed with code " + std::to_string(job.picture.error_code));
    return std::string(reinterpret_cast<const char*>(job.writer.mem), job.writer.size);
}

std::uint32_t over_black(std::uint32_t pixel) {
    const std::uint32_t alpha = pixel >> 24;
    if (alpha == 255)
        return pixel;
    std::uint32_t out = 0xFF000000U;
    for (unsigned shift = 0; shift < 24; shift += 8)
        out |= ((pixel >> shift & 255) * alpha + 127) / 255 << shift;
    return out;
}

Result<std::string> encode_jpeg(const Picture& source, int quality, void* handle) {
    std::vector<std::uint32_t> flat;
    const std::uint32_t* pixels = source.pixels.data();
    if (!is_opaque(source)) {
        flat.resize(source.pixels.size());
        std::transform(source.pixels.begin(), source.pixels.end(), flat.begin(), over_black);
        pixels = flat.data();
    }
    const int sampling = quality >= 90 ? TJSAMP_444 : TJSAMP_420;
    std::string out(tjBufSize(source.width, source.height, sampling), '\0');
    auto* into = reinterpret_cast<unsigned char*>(out.data());
    unsigned long size = out.size();
    const int failed = tjCompress2(handle, reinterpret_cast<const unsigned char*>(pixels), source.width, 0,
                                   source.height, TJPF_RGBX, &into, &size, sampling, quality, TJFLAG_NOREALLOC);
    if (failed != 0)
        return fail_internal(std::string("libjpeg: ") + tjGetErrorStr2(handle));
    out.resize(size);
    return out;
}

} // namespace

struct Encoder::Impl {
    std::unique_ptr<libdeflate_compressor, DeflateDeleter> deflate{libdeflate_alloc_compressor(kDeflateLevel)};
    std::unique_ptr<void, JpegDeleter> jpeg{tjInitCompress()};
};

Encoder::Encoder() : impl_(std::make_unique<Impl>()) {}
Encoder::~Encoder() = default;

Result<std::string> Encoder::encode(const Picture& picture, TileFormat format, int quality) {
    const auto count =
        static_cast<std::size_t>(std::max(picture.width, 0)) * static_cast<std::size_t>(std::max(picture.height, 0));
    if (count == 0 || picture.pixels.size() != count || std::max(picture.width, picture.height) > kMaxSide)
        return fail(Code::InvalidArgument, "A picture must have from 1 to 16383 pixels a side.");
    if (!impl_->deflate || !impl_->jpeg)
        return fail_internal("no memory for an encoder");
    quality = std::clamp(quality, 1, 100);
    if (format == TileFormat::Webp)
        return encode_webp(picture, quality);
    return format == TileFormat::Png ? encode_png(picture, *impl_->deflate)
                                     : encode_jpeg(picture, quality, impl_->jpeg.get());
}

Result<std::string> Encoder::empty_tile(int size, TileFormat format) {
    const auto key = std::pair(size, format);
    if (const auto known = empty_.find(key); known != empty_.end())
        return known->second;
    constexpr std::size_t kMaxKinds = 16;
    if (empty_.size() >= kMaxKinds)
        empty_.clear();
    const auto count = static_cast<std::size_t>(std::max(size, 0)) * static_cast<std::size_t>(std::max(size, 0));
    TRY(std::string bytes,
        encode({size, size, std::vector<std::uint32_t>(count, 0)}, format, format == TileFormat::Webp ? 100 : 75));
    empty_[key] = bytes;
    return bytes;
}

} // namespace landfall::raster
