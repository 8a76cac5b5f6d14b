#include "raster/open/fd_filesystem.hpp"

#include "core/mutex.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <map>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace landfall::raster {
namespace {

constexpr const char* kPrefixText = "/vsiblob/"; ///< GDAL keeps this pointer
constexpr std::string_view kPrefix = kPrefixText;

struct Blob {
    int descriptor = -1;
    vsi_l_offset size = 0;
};
using Folder = std::map<std::string, Blob, std::less<>>;

struct OpenBlob {
    Blob blob;
    vsi_l_offset at = 0;
    bool at_end = false;
};

/// What is registered. GDAL offers no way to take a file system out again, so its table lives as long as the process.
class Table {
public:
    int add(Folder folder) {
        const Lock lock(mutex_);
        folders_[++last_] = std::move(folder);
        return last_;
    }
    void remove(int number) {
        Folder folder;
        {
            const Lock lock(mutex_);
            const auto found = folders_.find(number);
            if (found == folders_.end())
                return;
            folder = std::move(found->second);
            folders_.erase(found);
        }
        for (const auto& [name, blob] : folder)
            close(blob.descriptor);
    }
    /// The file at `<number>/<name>`; or for the folder itself an entry without descriptor.
    std::optional<Blob> find(std::string_view path) const {
        const auto [folder, name] = locate(path);
        const Lock lock(mutex_);
        const auto found = folders_.find(folder);
        if (found == folders_.end())
            return std::nullopt;
        if (name.empty())
            return Blob{};
        const auto file = found->second.find(name);
        return file == found->second.end() ? std::nullopt : std::optional(file->second);
    }
    std::vector<std::string> names(std::string_view path) const {
        std::vector<std::string> found_names;
        const auto [folder, name] = locate(path);
        const Lock lock(mutex_);
        if (const auto found = folders_.find(folder); found != folders_.end() && name.empty())
            for (const auto& [file, blob] : found->second)
                found_names.push_back(file);
        return found_names;
    }

private:
    static std::pair<int, std::string_view> locate(std::string_view path) {
        if (path.starts_with(kPrefix))
            path.remove_prefix(kPrefix.size());
        int number = 0;
        const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
        if (error != std::errc())
            return {0, {}};
        path.remove_prefix(static_cast<std::size_t>(end - path.data()));
        if (!path.empty() && path.front() != '/')
            return {0, {}};
        path.remove_prefix(path.empty() ? 0 : 1);
        return {number, path};
    }

    mutable Mutex mutex_;
    int last_ GUARDED_BY(mutex_) = 0;
    std::map<int, Folder> folders_ GUARDED_BY(mutex_);
};

Table& table_of(void* data) {
    return *static_cast<Table*>(data);
}

int stat_blob(void* data, const char* path, VSIStatBufL* result, int /*flags*/) {
    const auto blob = table_of(data).find(path);
    if (!blob)
        return -1;
    *result = {};
    result->st_mode = blob->descriptor < 0 ? S_IFDIR : S_IFREG;
    result->st_size = static_cast<decltype(result->st_size)>(blob->size);
    return 0;
}

char** read_folder(void* data, const char* path, int max_files) {
    char** list = nullptr;
    for (const auto& name : table_of(data).names(path)) {
        if (max_files > 0 && CSLCount(list) >= max_files)
            break;
        list = CSLAddString(list, name.c_str());
    }
    return list;
}

char** read_siblings(void* data, const char* path) {
    return read_folder(data, std::string(CPLGetPath(path)).c_str(), 0);
}

void* open_blob(void* data, const char* path, const char* access) {
    const auto blob = table_of(data).find(path);
    if (!blob || blob->descriptor < 0 || std::string_view(access).find_first_of("wa+") != std::string_view::npos)
        return nullptr;
    return std::make_unique<OpenBlob>(OpenBlob{*blob}).release();
}

OpenBlob& opened(void* file) {
    return *static_cast<OpenBlob*>(file);
}

vsi_l_offset tell(void* file) {
    return opened(file).at;
}

int seek(void* file, vsi_l_offset offset, int whence) {
    OpenBlob& blob = opened(file);
    blob.at_end = false;
    if (whence == SEEK_SET)
        blob.at = offset;
    else
        blob.at = (whence == SEEK_CUR ? blob.at : blob.blob.size) + offset;
    return 0;
}

std::size_t pread_fully(const Blob& blob, void* buffer, std::size_t bytes, vsi_l_offset offset) {
    auto* into = static_cast<char*>(buffer);
    std::size_t done = 0;
    while (done < bytes && offset + done < blob.size) {
        const ssize_t got = pread(blob.descriptor, into + done, bytes - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

std::size_t read(void* file, void* buffer, std::size_t size, std::size_t count) {
    OpenBlob& blob = opened(file);
    if (size == 0 || count == 0 || count > SIZE_MAX / size)
        return 0;
    const std::size_t got = pread_fully(blob.blob, buffer, size * count, blob.at);
    blob.at += got;
    blob.at_end = got < size * count;
    return got / size;
}

int read_ranges(void* file, int ranges, void** buffers, const vsi_l_offset* offsets, const std::size_t* sizes) {
    for (int i = 0; i < ranges; ++i)
        if (pread_fully(opened(file).blob, buffers[i], sizes[i], offsets[i]) != sizes[i])
            return -1;
    return 0;
}

int at_end(void* file) {
    return opened(file).at_end ? 1 : 0;
}

int close_blob(void* file) {
    const std::unique_ptr<OpenBlob> owned(static_cast<OpenBlob*>(file));
    return 0;
}

/// Installs the file system on first use.
Table& installed_table() {
    static Table* const table = [] {
        auto owned = std::make_unique<Table>();
        VSIFilesystemPluginCallbacksStruct* callbacks = VSIAllocFilesystemPluginCallbacksStruct();
        callbacks->pUserData = owned.get();
        callbacks->stat = stat_blob;
        callbacks->read_dir = read_folder;
        callbacks->sibling_files = read_siblings;
        callbacks->open = open_blob;
        callbacks->tell = tell;
        callbacks->seek = seek;
        callbacks->read = read;
        callbacks->read_multi_range = read_ranges;
        callbacks->eof = at_end;
        callbacks->close = close_blob;
        VSIInstallPluginHandler(kPrefixText, callbacks);
        VSIFreeFilesystemPluginCallbacksStruct(callbacks);
        return owned.release();
    }();
    return *table;
}

Result<Folder> checked(const std::vector<NamedDescriptor>& files) {
    Folder folder;
    for (const auto& file : files) {
        if (!is_plain_file_name(file.name) || folder.contains(file.name))
            return fail(Code::InvalidArgument, "A file name is not plain or comes twice.");
        struct stat status{};
        if (fstat(file.descriptor, &status) != 0 || !S_ISREG(status.st_mode))
            return fail_internal("a descriptor is no regular file: " + file.name);
        folder[file.name] = {file.descriptor, static_cast<vsi_l_offset>(status.st_size)};
    }
    return folder;
}

} // namespace

Result<DescriptorFolder> DescriptorFolder::make(const std::vector<NamedDescriptor>& files) {
    auto folder = checked(files);
    if (!folder) {
        for (const auto& file : files)
            if (file.descriptor >= 0)
                close(file.descriptor);
        return fail(std::move(folder).error());
    }
    return DescriptorFolder(installed_table().add(std::move(*folder)));
}

DescriptorFolder::DescriptorFolder(DescriptorFolder&& other) noexcept : number_(std::exchange(other.number_, 0)) {}

DescriptorFolder& DescriptorFolder::operator=(DescriptorFolder&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

DescriptorFolder::~DescriptorFolder() {
    if (number_ != 0)
        installed_table().remove(number_);
}

std::string DescriptorFolder::path_of(std::string_view name) const {
    return fmt::format("{}{}/{}", kPrefix, number_, name);
}

} // namespace landfall::raster
