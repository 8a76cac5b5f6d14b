#include "raster/vector/mvt.hpp"

#include <bit>
#include <map>

namespace landfall::raster {
namespace {

/// Protocol Buffers' wire format.
class Message {
public:
    void varint(std::uint64_t value) {
        while (value >= 0x80) {
            bytes_ += static_cast<char>(value | 0x80);
            value >>= 7;
        }
        bytes_ += static_cast<char>(value);
    }
    void number(std::uint32_t field, std::uint64_t value) {
        varint(field << 3);
        varint(value);
    }
    void text(std::uint32_t field, std::string_view value) {
        varint(field << 3 | 2);
        varint(value.size());
        bytes_ += value;
    }
    void real(std::uint32_t field, double value) {
        varint(field << 3 | 1);
        auto bits = std::bit_cast<std::uint64_t>(value);
        for (int byte = 0; byte < 8; ++byte, bits >>= 8)
            bytes_ += static_cast<char>(bits & 0xFF);
    }
    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

/// Commands of the specification's section 4.3.
class Geometry {
public:
    void add(MvtType type, const MvtPath& path) {
        if (type == MvtType::Point) {
            command(1, path.size());
            for (const auto& point : path)
                move(point);
            return;
        }
        command(1, 1);
        move(path.front());
        command(2, path.size() - 1);
        for (std::size_t i = 1; i < path.size(); ++i)
            move(path[i]);
        if (type == MvtType::Polygon)
            command(7, 1);
    }
    const std::string& bytes() const { return out_.bytes(); }

private:
    void command(std::uint64_t id, std::size_t count) { out_.varint(id | static_cast<std::uint64_t>(count) << 3); }
    void move(const std::array<int, 2>& to) {
        out_.varint(zigzag(std::int64_t{to[0]} - at_[0]));
        out_.varint(zigzag(std::int64_t{to[1]} - at_[1]));
        at_ = to;
    }

    Message out_;
    std::array<int, 2> at_{0, 0};
};

std::string encoded(const MvtValue& value) {
    Message out;
    if (const auto* text = std::get_if<std::string>(&value))
        out.text(1, *text);
    else if (const auto* real = std::get_if<double>(&value))
        out.real(3, *real);
    else if (const auto* whole = std::get_if<std::int64_t>(&value))
        *whole < 0 ? out.number(6, zigzag(*whole)) : out.number(5, static_cast<std::uint64_t>(*whole));
    else
        out.number(7, std::get<bool>(value) ? 1 : 0);
    return out.bytes();
}

std::string encoded(const MvtLayer& layer) {
    std::map<std::string, std::uint64_t> numbers; // of values, by their encoding
    std::vector<const std::string*> values;
    std::vector<std::optional<std::uint64_t>> key_numbers(layer.keys.size());
    std::vector<const std::string*> keys;
    Message out;
    out.number(15, 2);
    out.text(1, layer.name);
    for (const MvtFeature& feature : layer.features) {
        Message tags;
        for (const auto& [key, value] : feature.tags) {
            auto& number = key_numbers[key];
            if (!number) {
                number = keys.size();
                keys.push_back(&layer.keys[key]);
            }
            const auto [entry, fresh] = numbers.try_emplace(encoded(value), values.size());
            if (fresh)
                values.push_back(&entry->first);
            tags.varint(*number);
            tags.varint(entry->second);
        }
        Geometry geometry;
        for (const MvtPath& path : feature.paths)
            geometry.add(feature.type, path);
        Message message;
        if (feature.id)
            message.number(1, *feature.id);
        if (!feature.tags.empty())
            message.text(2, tags.bytes());
        message.number(3, static_cast<std::uint64_t>(feature.type));
        message.text(4, geometry.bytes());
        out.text(2, message.bytes());
    }
    for (const std::string* key : keys)
        out.text(3, *key);
    for (const std::string* value : values)
        out.text(4, *value);
    out.number(5, kMvtExtent);
    return out.bytes();
}

} // namespace

std::size_t MvtFeature::bytes() const {
    std::size_t count = 16;
    for (const MvtPath& path : paths)
        count += 4 + 3 * path.size();
    for (const auto& [key, value] : tags) {
        const auto* const text = std::get_if<std::string>(&value);
        count += 4 + (text != nullptr ? text->size() : 8);
    }
    return count;
}

std::string encode_mvt(const std::vector<MvtLayer>& layers) {
    Message tile;
    for (const MvtLayer& layer : layers)
        if (!layer.features.empty())
            tile.text(3, encoded(layer));
    return tile.bytes();
}

} // namespace landfall::raster
