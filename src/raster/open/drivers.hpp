#pragma once
/// The edge to GDAL: which drivers exist in this process, how it is configured, and where its messages go.

#include <memory>
#include <string>
#include <string_view>

class GDALDataset;

namespace landfall::raster {

/// Registers the formats that Landfall reads or writes and takes every other driver away (VRT, WMS, HTTP, PDF, …),
/// and sets the options that keep GDAL off the network, small, and quiet. Idempotent and thread-safe; call it before
/// the first use of GDAL, and in the launcher before it forks.
void register_drivers();

/// Whether a driver is on the allow-list, by GDAL's short name.
bool is_allowed_driver(std::string_view name);

/// Collects GDAL's messages of this thread for as long as it lives, instead of letting them reach stderr. The text is
/// for `Error::cause` only: it may quote the file's content and internal paths. Nests; not for sharing among threads.
class QuietErrors {
public:
    QuietErrors();
    ~QuietErrors();
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;

    /// The messages so far, one a line, warnings included, at most 4 KiB.
    const std::string& text() const;
    /// Whether GDAL reported a failure (not only a warning) since construction or `clear`.
    bool failed() const;
    void clear();

private:
    struct Messages;
    std::unique_ptr<Messages> messages_;
};

struct DatasetCloser {
    void operator()(GDALDataset* dataset) const;
};

/// Owns an open GDAL dataset. One thread at a time.
using DatasetHandle = std::unique_ptr<GDALDataset, DatasetCloser>;

/// Opens a file read-only as a raster with one driver only and the given open options ("NAME=value", null-terminated,
/// may be null). Empty if it is none; the reason is among the messages of the innermost QuietErrors.
DatasetHandle open_raster(const std::string& path, const std::string& driver, const char* const* options = nullptr);
/// The same for the vector side of a driver.
DatasetHandle open_vector(const std::string& path, const std::string& driver, const char* const* options = nullptr);

} // namespace landfall::raster
