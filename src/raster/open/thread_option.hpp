#pragma once
/// GDAL's configuration of one thread for as long as something is done.

#include <cpl_conv.h>
#include <string>

namespace landfall::raster {

/// Sets a configuration option of this thread and puts it back.
class ThreadOption {
public:
    ThreadOption(const char* name, const std::string& value) : name_(name) {
        const char* const before = CPLGetThreadLocalConfigOption(name, nullptr);
        had_ = before != nullptr;
        before_ = had_ ? before : "";
        CPLSetThreadLocalConfigOption(name, value.c_str());
    }
    ThreadOption(const ThreadOption&) = delete;
    ThreadOption& operator=(const ThreadOption&) = delete;
    ~ThreadOption() { CPLSetThreadLocalConfigOption(name_, had_ ? before_.c_str() : nullptr); }

private:
    const char* name_;
    bool had_ = false;
    std::string before_;
};

} // namespace landfall::raster
