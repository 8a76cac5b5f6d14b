#pragma once
/// How many source pixels one picture may cost.

namespace landfall::raster {

/// An overview may be this much coarser than the picture: a hardly visible blur for a quarter of the pixels.
inline constexpr double kLevelTolerance = 1.2;
/// Largest window of one level read for a tile, pixels a band.
inline constexpr double kMaxWindowPixels = 16.0 * 1024 * 1024;
/// Most pixels a band of the blocks that such a window touches.
inline constexpr double kMaxDecodedPixels = 64.0 * 1024 * 1024;
/// Windows up to this size are read whatever the blocks: near native zoom nothing else shows the truth.
inline constexpr double kAlwaysReadPixels = 2.0 * 1024 * 1024;
/// Longest side of the preview of a source without overviews.
inline constexpr int kPreviewSide = 1024;
/// Most pixels a band decoded for a preview; a larger source is sampled by blocks.
inline constexpr double kMaxPreviewPixels = 256.0 * 1024 * 1024;
/// Pixels a side of the chunks in which a reduction reads.
inline constexpr int kChunkSide = 1024;

} // namespace landfall::raster
