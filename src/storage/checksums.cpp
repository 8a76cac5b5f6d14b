#include "storage/checksums.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"

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

/// A reflected CRC that begins with ones and ends inverted, as all that S3 knows are.
template<typename Word, Word kPolynomial>
class Crc final : public Sum {
public:
    void update(std::span<const std::byte> bytes) override {
        for (const std::byte byte : bytes)
            state_ = kTable[static_cast<std::size_t>((state_ ^ static_cast<Word>(byte)) & 0xFF)] ^ (state_ >> 8);
    }

    std::string value() const override {
        const Word word = ~state_;
        std::string out;
        for (std::size_t i = sizeof(Word); i-- > 0;)
            out += static_cast<char>(word >> (8 * i) & 0xFF);
        return out;
    }

private:
    static constexpr std::array<Word, 256> kTable = [] {
        std::array<Word, 256> table{};
        for (std::size_t i = 0; i < table.size(); ++i) {
            auto word = static_cast<Word>(i);
            for (int bit = 0; bit < 8; ++bit)
                word = (word & 1) != 0 ? word >> 1 ^ kPolynomial : word >> 1;
            table[i] = word;
        }
        return table;
    }();
    Word state_ = ~Word{0};
};

using Crc32 = Crc<std::uint32_t, 0xEDB88320U>;
using Crc32c = Crc<std::uint32_t, 0x82F63B78U>;
using Crc64Nvme = Crc<std::uint64_t, 0x9A6C9329AC4BC9B5U>;

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
    Kind{"x-amz-checksum-crc32", 4, make<Crc32>}, Kind{"x-amz-checksum-crc32c", 4, make<Crc32c>},
    Kind{"x-amz-checksum-crc64nvme", 8, make<Crc64Nvme>}, Kind{"x-amz-checksum-sha1", 20, make<Sha1>}};

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
    for (const Declared& declared : all_)
        out.emplace_back(declared.kind->header, declared.text);
    return out;
}

} // namespace landfall::storage
