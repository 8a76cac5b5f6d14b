#include "storage/checksums.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "storage/crc.hpp"

#include <array>

namespace landfall::storage {
namespace {

/// A running checksum.
class Sum {
public:
    virtual ~Sum() = default;
    virtual void update(std::span<const std::byte> bytes) = 0;
    virtual std::string value() const = 0; ///< raw, in network order
};

template<typename Crc>
class CrcSum final : public Sum {
public:
    void update(std::span<const std::byte> bytes) override { crc_.update(bytes); }
    std::string value() const override { return crc_.value(); }

private:
    Crc crc_;
};

class Sha1 final : public Sum {
public:
    void update(std::span<const std::byte> bytes) override { digest_.update(bytes); }
    std::string value() const override { return digest_.value().value_or(""); } // which equals no digest

private:
    Digest digest_{DigestKind::Sha1};
};

template<typename T>
std::unique_ptr<Sum> make() {
    return std::make_unique<T>();
}

struct Kind {
    std::string_view header;
    std::size_t size; ///< bytes
    std::unique_ptr<Sum> (*start)();
};

constexpr std::array kKinds = {
    Kind{"x-amz-checksum-crc32", 4, make<CrcSum<Crc32>>}, Kind{"x-amz-checksum-crc32c", 4, make<CrcSum<Crc32c>>},
    Kind{"x-amz-checksum-crc64nvme", 8, make<CrcSum<Crc64Nvme>>}, Kind{"x-amz-checksum-sha1", 20, make<Sha1>}};

} // namespace

struct DeclaredChecksums::Declared {
    const Kind* kind;
    std::string text; ///< the header as sent
    std::unique_ptr<Sum> sum;

    std::optional<std::string> raw() const {
        auto bytes = from_base64(text);
        return bytes && bytes->size() == kind->size ? bytes : std::nullopt;
    }
};

DeclaredChecksums::DeclaredChecksums(const std::function<std::optional<std::string>(std::string_view name)>& header) {
    for (const Kind& kind : kKinds)
        if (auto text = header(kind.header))
            all_.push_back({&kind, std::move(*text), kind.start()});
}

DeclaredChecksums::DeclaredChecksums(DeclaredChecksums&&) noexcept = default;
DeclaredChecksums& DeclaredChecksums::operator=(DeclaredChecksums&&) noexcept = default;
DeclaredChecksums::~DeclaredChecksums() = default;

const S3Error* DeclaredChecksums::check_form() const {
    for (const Declared& declared : all_)
        if (!declared.raw())
            return &s3_error("InvalidDigest");
    return nullptr;
}

void DeclaredChecksums::update(std::span<const std::byte> bytes) {
    for (Declared& declared : all_)
        declared.sum->update(bytes);
}

const S3Error* DeclaredChecksums::check() const {
    for (const Declared& declared : all_)
        if (declared.raw() != declared.sum->value())
            return &s3_error("BadDigest");
    return nullptr;
}

std::vector<std::pair<std::string, std::string>> DeclaredChecksums::headers() const {
    std::vector<std::pair<std::string, std::string>> out;
    out.reserve(all_.size());
    for (const Declared& declared : all_)
        out.emplace_back(declared.kind->header, declared.text);
    return out;
}

} // namespace landfall::storage
