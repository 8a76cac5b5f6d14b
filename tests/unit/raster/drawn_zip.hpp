#pragma once
/// ZIP archives drawn by hand, honest or not.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace landfall::raster {

struct DrawnEntry {
    std::string name;
    std::string content;
    bool deflate = false;
    std::uint16_t flags = 0;
    std::uint32_t unix_mode = 0100644;
    std::optional<std::uint32_t> claimed_size, claimed_crc, header_offset;
};

class DrawnZip {
public:
    void add(const DrawnEntry& entry) {
        const std::string packed = entry.deflate ? deflated(entry.content) : entry.content;
        const auto crc = static_cast<std::uint32_t>(
            crc32(0, reinterpret_cast<const Bytef*>(entry.content.data()), static_cast<uInt>(entry.content.size())));
        const std::string head =
            number(20, 2) + number(entry.flags, 2) + number(entry.deflate ? 8 : 0, 2) + number(0, 4) +
            number(entry.claimed_crc.value_or(crc), 4) + number(packed.size(), 4) +
            number(entry.claimed_size.value_or(static_cast<std::uint32_t>(entry.content.size())), 4) +
            number(entry.name.size(), 2) + number(0, 2);
        directory_ += number(0x02014b50, 4) + number(0x0314, 2) + head + number(0, 2) + number(0, 2) + number(0, 2) +
                      number(std::uint64_t{entry.unix_mode} << 16U, 4) +
                      number(entry.header_offset.value_or(static_cast<std::uint32_t>(body_.size())), 4) + entry.name;
        body_ += number(0x04034b50, 4) + head + entry.name + packed;
        ++count_;
    }

    std::string bytes() const {
        return body_ + directory_ + number(0x06054b50, 4) + number(0, 4) + number(count_, 2) + number(count_, 2) +
               number(directory_.size(), 4) + number(body_.size(), 4) + number(0, 2);
    }

private:
    static std::string number(std::uint64_t value, int size) {
        std::string out;
        for (int i = 0; i < size; ++i)
            out += static_cast<char>((value >> (8 * i)) & 0xffU);
        return out;
    }

    static std::string deflated(const std::string& content) {
        z_stream stream{};
        deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
        std::string out(deflateBound(&stream, content.size()), '\0');
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
        stream.avail_in = static_cast<uInt>(content.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        ::deflate(&stream, Z_FINISH);
        out.resize(stream.total_out);
        deflateEnd(&stream);
        return out;
    }

    std::string body_, directory_;
    std::uint64_t count_ = 0;
};

} // namespace landfall::raster
