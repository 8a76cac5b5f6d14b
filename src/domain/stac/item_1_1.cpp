#include "domain/stac/item_1_1.hpp"

#include "domain/stac/extensions.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace landfall::domain {
namespace {

/// Walks compact JSON that this program wrote: well-formed, without spaces.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    /// The text of the value at hand with all it holds; then the scanner stands behind it.
    std::string_view value() {
        const std::size_t from = std::min(at_, text_.size());
        int depth = 0;
        do {
            const char c = at();
            if (c == '"') {
                skip_string();
                continue;
            }
            depth += c == '{' || c == '[' ? 1 : 0;
            depth -= c == '}' || c == ']' ? 1 : 0;
            ++at_;
        } while (at_ < text_.size() && (depth > 0 || !ends(at())));
        return text_.substr(from, at_ - from);
    }

    /// Calls `visit` with the name of each member of the object at hand, without its quotes; it takes the value.
    template<typename Visit>
    void members(Visit visit) {
        entries([&] {
            const std::string_view name = value();
            ++at_; // the colon
            visit(name.substr(std::min<std::size_t>(1, name.size()), std::max<std::size_t>(2, name.size()) - 2));
        });
    }
    /// Calls `visit` at each entry of the array at hand.
    template<typename Visit>
    void entries(Visit visit) {
        ++at_; // the opening bracket
        while (at_ < text_.size() && at() != '}' && at() != ']') {
            const std::size_t from = at_;
            visit();
            if (at() == ',' || at_ == from)
                ++at_;
        }
        ++at_;
    }

private:
    static bool ends(char c) { return c == ',' || c == '}' || c == ']' || c == ':'; }
    char at() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip_string() {
        std::size_t quote = at_;
        std::size_t escapes = 0;
        do {
            quote = text_.find('"', quote + 1);
            if (quote == std::string_view::npos) {
                at_ = text_.size();
                return;
            }
            for (escapes = 0; text_[quote - 1 - escapes] == '\\';)
                ++escapes;
        } while (escapes % 2 == 1);
        at_ = quote + 1;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::vector<std::string_view> entries_of(std::string_view array) {
    std::vector<std::string_view> all;
    Scanner scanner(array);
    scanner.entries([&] { all.push_back(scanner.value()); });
    return all;
}

/// Writes the document anew and notes which extensions it uses.
class Writer {
public:
    std::string document(std::string_view stored) {
        out_.reserve(stored.size());
        std::string_view declared;
        Scanner scanner(stored);
        scanner.members([&](std::string_view name) {
            if (name == "properties")
                member(name, [&] { fields(scanner); });
            else if (name == "assets")
                member(name, [&] { assets(scanner); });
            else if (const std::string_view value = scanner.value(); name == "stac_extensions")
                declared = value;
            else if (name != "type" && name != "stac_version")
                member(name, [&] { out_ += value; });
        });
        std::string whole = R"({"type":"Feature","stac_version":"1.1.0","stac_extensions":)";
        whole.reserve(out_.size() + declared.size() + 128);
        return whole.append(extensions(declared)).append(",").append(out_).append("}");
    }

private:
    /// A member after those that are there, its value written by `write`.
    template<typename Write>
    void member(std::string_view name, Write write) {
        if (!out_.empty() && out_.back() != '{')
            out_ += ',';
        out_.append("\"").append(name).append("\":");
        for (std::size_t i = 0; i < uses_.size(); ++i)
            uses_[i] = uses_[i] || name.starts_with(kStacExtensions[i].prefix);
        write();
    }

    void assets(Scanner& scanner) {
        out_ += '{';
        scanner.members([&](std::string_view key) {
            const auto before = uses_; // a key is no field
            member(key, [&] {
                uses_ = before;
                fields(scanner);
            });
        });
        out_ += '}';
    }

    void fields(Scanner& scanner) {
        std::string_view raster_bands;
        std::string_view eo_bands;
        std::string_view epsg;
        bool has_code = false;
        out_ += '{';
        scanner.members([&](std::string_view name) {
            const std::string_view value = scanner.value();
            if (name == "raster:bands")
                raster_bands = value;
            else if (name == "eo:bands")
                eo_bands = value;
            else if (name == "proj:epsg")
                epsg = value;
            else
                member(name, [&] { out_ += value; });
            has_code = has_code || name == "proj:code";
        });
        if (!epsg.empty() && epsg != "null" && !has_code)
            member("proj:code", [&] { out_.append("\"EPSG:").append(epsg).append("\""); });
        if (!raster_bands.empty() || !eo_bands.empty())
            member("bands", [&] { bands(entries_of(eo_bands), entries_of(raster_bands)); });
        out_ += '}';
    }

    void bands(const std::vector<std::string_view>& eo, const std::vector<std::string_view>& raster) {
        out_ += '[';
        for (std::size_t i = 0; i < std::max(eo.size(), raster.size()); ++i) {
            out_ += i == 0 ? "{" : ",{";
            if (i < eo.size())
                band_fields(eo[i], "eo:");
            if (i < raster.size())
                band_fields(raster[i], "raster:");
            out_ += '}';
        }
        out_ += ']';
    }

    /// Common fields keep their names, the extension's own get its prefix.
    void band_fields(std::string_view band, std::string_view prefix) {
        constexpr std::array<std::string_view, 6> kCommon{"name",   "description", "data_type",
                                                          "nodata", "unit",        "statistics"};
        Scanner scanner(band);
        scanner.members([&](std::string_view name) {
            const bool common = std::ranges::find(kCommon, name) != kCommon.end();
            member(common ? std::string(name) : std::string(prefix).append(name), [&] { out_ += scanner.value(); });
        });
    }

    std::string extensions(std::string_view declared) const {
        std::string list;
        const auto add = [&](std::string_view text) { list.append(list.empty() ? "[" : ",").append(text); };
        for (const std::string_view url : entries_of(declared))
            if (url.size() < 2 || extension_of(url.substr(1)) == nullptr)
                add(url);
        for (std::size_t i = 0; i < uses_.size(); ++i)
            if (uses_[i])
                add("\"" + std::string(kStacExtensions[i].v1_1) + "\"");
        return list.empty() ? "[]" : list + "]";
    }

    std::string out_;
    std::array<bool, std::size(kStacExtensions)> uses_{};
};

} // namespace

std::string item_1_1(std::string_view stored) {
    return Writer().document(stored);
}

} // namespace landfall::domain
