#pragma once
/// What the tests of the stores share: content, digests in one go, and a place of their own in each kind of store.

#include "core/ids.hpp"
#include "storage/object_store.hpp"
#include "storage/s3/s3_store.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

namespace landfall::storage {

namespace fs = std::filesystem;

inline std::string random_text(std::size_t size, unsigned seed) {
    std::mt19937_64 generator(seed);
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; i += 8) {
        const auto word = generator();
        std::memcpy(text.data() + i, &word, std::min<std::size_t>(8, size - i));
    }
    return text;
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

inline std::string one_shot(std::string_view text, const EVP_MD* kind) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), &length, kind, nullptr);
    out.resize(length);
    return out;
}

inline Result<BlobInfo> put(ObjectStore& store, std::string_view key, std::string_view text) {
    TRY(const auto writer, store.create(key));
    CHECK_OK(writer->write(bytes_of(text)));
    return writer->finish();
}

inline std::string get(const ObjectStore& store, std::string_view key) {
    const auto reader = store.open(key);
    if (!reader)
        return std::string("(").append(code_name(reader.error().code)).append(")");
    std::string text(static_cast<std::size_t>((*reader)->size()), '\0');
    const auto got = (*reader)->read(0, std::as_writable_bytes(std::span(text)));
    return got && *got == text.size() ? text : "(short)";
}

inline std::map<std::string, BlobEntry> listed(const ObjectStore& store) {
    std::map<std::string, BlobEntry> out;
    EXPECT_TRUE(store.list([&](const BlobEntry& entry) { out[entry.key] = entry; }));
    return out;
}

inline Code code_of(const auto& result) {
    return result ? Code::Canceled : result.error().code;
}

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = (fs::temp_directory_path() / "landfall-store-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryDirectory() { fs::remove_all(path_); }
    std::string operator/(std::string_view name) const { return (path_ / name).string(); }

private:
    fs::path path_;
};

enum class Kind { Local, Memory, S3 };

inline const char* name_of(Kind kind) {
    return kind == Kind::Local ? "Local" : kind == Kind::Memory ? "Memory" : "S3";
}

/// `LANDFALL_TEST_S3` is the endpoint of an S3 store, to which the environment has credentials; without it those of
/// tests are left out.
inline std::vector<Kind> kinds_of_stores() {
    std::vector<Kind> kinds{Kind::Local, Kind::Memory};
    if (std::getenv("LANDFALL_TEST_S3") != nullptr)
        kinds.push_back(Kind::S3);
    return kinds;
}

/// A store that is empty at first and the same whenever it is opened, but for that in memory.
class TestStore {
public:
    std::unique_ptr<ObjectStore> open(Kind kind) const {
        if (kind == Kind::Local)
            return open_local_store(directory_ / "store").value();
        if (kind == Kind::Memory)
            return make_memory_store();
        S3Options options;
        options.settings.endpoint = std::getenv("LANDFALL_TEST_S3");
        options.settings.bucket = "landfall-unit-tests";
        options.settings.prefix = prefix_;
        options.variable = [](const std::string& name) -> std::optional<std::string> {
            const char* value = std::getenv(name.c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
        };
        options.memory_bytes = 64LL << 20U;
        EXPECT_TRUE(create_s3_bucket(options));
        return open_s3_store(options).value();
    }
    const TemporaryDirectory& directory() const { return directory_; }

private:
    TemporaryDirectory directory_;
    std::string prefix_ = unique_part() + "/";
};

} // namespace landfall::storage
