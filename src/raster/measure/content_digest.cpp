#include "core/digest.hpp"
#include "core/text.hpp"
#include "raster/open/file_reader.hpp"
#include "raster/tasks.hpp"

#include <algorithm>
#include <brotli/decode.h>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>
#include <zlib.h>

namespace landfall::raster {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18U; ///< bytes
constexpr int kGzipWindow = 15 + 16;                  ///< the largest, of gzip alone
constexpr std::size_t kProgressEvery = kChunk * 64;   ///< decoded bytes

auto not_coded() {
    return fail(Code::InvalidArgument, "The file is not stored in the coding that was declared, or is damaged");
}

/// Hands bytes on to a digest; counts them, as a small file may hold very many.
class Sink {
public:
    explicit Sink(const Progress& progress) : progress_(progress) {}

    Status take(std::span<const std::uint8_t> bytes, double share) {
        digest_.update(std::as_bytes(bytes));
        since_ += bytes.size();
        if (since_ < kProgressEvery)
            return {};
        since_ = 0;
        return progress_(share, "reading") ? Status() : fail(Code::Canceled, "The reading was stopped");
    }
    Result<std::string> sha256() const {
        TRY(const auto raw, digest_.value());
        return to_hex(raw);
    }

private:
    const Progress& progress_;
    Digest digest_{DigestKind::Sha256};
    std::size_t since_ = 0;
};

/// One of zlib's streams, which may consist of several members.
class Gunzip {
public:
    Gunzip() { is_ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK; }
    ~Gunzip() { inflateEnd(&stream_); }
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;

    Status feed(std::span<std::uint8_t> bytes, double share, Sink& sink) {
        stream_.next_in = bytes.data();
        stream_.avail_in = static_cast<uInt>(bytes.size());
        std::vector<std::uint8_t> out(kChunk);
        do {
            if (has_ended_ && stream_.avail_in > 0 && inflateReset(&stream_) != Z_OK)
                return not_coded();
            has_ended_ = false;
            stream_.next_out = out.data();
            stream_.avail_out = static_cast<uInt>(out.size());
            const int told = is_ready_ ? inflate(&stream_, Z_NO_FLUSH) : Z_MEM_ERROR;
            if (told != Z_OK && told != Z_STREAM_END && told != Z_BUF_ERROR)
                return not_coded();
            has_ended_ = told == Z_STREAM_END;
            CHECK_OK(sink.take(std::span(out).first(out.size() - stream_.avail_out), share));
        } while (stream_.avail_in > 0 || stream_.avail_out == 0);
        return {};
    }
    bool has_ended() const { return has_ended_; }

private:
    z_stream stream_{};
    bool is_ready_ = false;
    bool has_ended_ = false;
};

class Unbrotli {
public:
    Status feed(std::span<std::uint8_t> bytes, double share, Sink& sink) {
        std::size_t left = bytes.size();
        const std::uint8_t* next = bytes.data();
        std::vector<std::uint8_t> out(kChunk);
        for (auto told = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT; told == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;) {
            std::size_t room = out.size();
            std::uint8_t* to = out.data();
            told = state_ ? BrotliDecoderDecompressStream(state_.get(), &left, &next, &room, &to, nullptr)
                          : BROTLI_DECODER_RESULT_ERROR;
            if (told == BROTLI_DECODER_RESULT_ERROR)
                return not_coded();
            CHECK_OK(sink.take(std::span(out).first(out.size() - room), share));
        }
        return left == 0 ? Status() : not_coded();
    }
    bool has_ended() const { return state_ && BrotliDecoderIsFinished(state_.get()) == BROTLI_TRUE; }

private:
    struct Destroy {
        void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
    };
    std::unique_ptr<BrotliDecoderState, Destroy> state_{BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
};

template<typename Decoder>
Result<ContentDigest> digest(const FileReader& file, Decoder decoder, const Progress& progress) {
    Sink sink(progress);
    std::vector<std::uint8_t> in(kChunk);
    for (std::uint64_t at = 0; at < file.size();) {
        const auto some = std::span(in).first(std::min<std::uint64_t>(in.size(), file.size() - at));
        if (!file.read(at, some))
            return fail(Code::Internal, "The file ended before its end");
        at += some.size();
        CHECK_OK(decoder.feed(some, static_cast<double>(at) / static_cast<double>(file.size()), sink));
    }
    if (!decoder.has_ended())
        return not_coded();
    TRY(auto sha256, sink.sha256());
    return ContentDigest{std::move(sha256)};
}

} // namespace

Result<ContentDigest> digest_content_task(const std::string& folder, const CodedFile& coded, const Progress& progress) {
    TRY(const auto file, FileReader::open(folder + "/" + coded.file));
    if (coded.coding == ContentCoding::Gzip) {
        Gunzip decoder;
        return digest<Gunzip&>(file, decoder, progress);
    }
    Unbrotli decoder;
    return digest<Unbrotli&>(file, decoder, progress);
}

} // namespace landfall::raster
