#pragma once
/// Where the tests find real files, and private folders to work in.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::testing {

/// The folder of real imagery: $LANDFALL_TEST_DATA, else `shared/data` beside the source tree. Nothing if absent.
inline std::optional<std::filesystem::path> test_data() {
    if (const char* const set = std::getenv("LANDFALL_TEST_DATA"); set != nullptr)
        return std::filesystem::is_directory(set) ? std::optional<std::filesystem::path>(set) : std::nullopt;
    const auto source = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    const auto beside = source.parent_path() / "shared" / "data";
    return std::filesystem::is_directory(beside) ? std::optional(beside) : std::nullopt;
}

/// A fresh folder that goes away with its owner.
class PrivateFolder {
public:
    PrivateFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "landfall-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~PrivateFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;

    std::string str() const { return path_.string(); }
    std::string operator/(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

inline std::string read_bytes(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

} // namespace landfall::testing
