#include "imagery/common_names.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace landfall::imagery {
namespace {

struct Color {
    std::string_view name;
    double nanometres; ///< the middle of what sensors call so
};
constexpr std::array<Color, 3> kColors = {{{"red", 665}, {"green", 560}, {"blue", 480}}};

using Words = std::vector<std::string>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

Words words_of(std::string_view text) {
    Words words;
    std::string word;
    for (const char c : lower_case(text) + " ") {
        const bool inner = c == '.' && !word.empty() && is_digit(word.back());
        if ((c >= 'a' && c <= 'z') || is_digit(c) || inner)
            word += c;
        else if (!word.empty())
            words.push_back(std::exchange(word, {}));
    }
    return words;
}

bool has(const Words& words, std::string_view wanted) {
    return std::find(words.begin(), words.end(), wanted) != words.end();
}

/// In nanometres: `665 nm`, `665nm`, or behind a colour as in `Red-668`.
std::optional<double> wavelength_of(const Words& words, bool beside_name) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool named = i + 1 < words.size() && (words[i + 1] == "nm" || words[i + 1].starts_with("nanomet"));
        const bool attached = words[i].ends_with("nm");
        const auto value =
            number_in<double>(attached ? std::string_view(words[i]).substr(0, words[i].size() - 2) : words[i]);
        if (value && *value >= 350 && *value <= 15'000 && (named || attached || (beside_name && *value <= 1100)))
            return value;
    }
    return std::nullopt;
}

/// Names of what is no colour of the natural picture, and the pieces of a band's words that tell them; `=` is the
/// beginning or the end. The first that fits counts, and one without a name is none of the others either.
struct Other {
    std::string_view name;
    std::array<std::string_view, 6> pieces;
};
constexpr std::array<Other, 12> kOthers = {{
    {"rededge", {" rededge", " red edge", "= re =", "= band re ="}},
    {"coastal", {" coast", " aerosol", " ultra"}},
    {"swir22", {" swir2 ", " swir22 ", " swir 2 "}},
    {"swir16", {" swir1 ", " swir16 ", " swir 1 "}},
    {"", {" swir", " shortwave", " short wave"}},
    {"nir09", {" nir2 ", " nir09 ", " nir 2 ", "= n2 =", "= band n2 ="}},
    {"nir08", {" nir08 ", " narrow nir ", " nir narrow "}},
    {"nir", {" nir", " near infra", " nearinfra", "= n =", "= band n =", "= infrared ="}},
    {"lwir", {" lwir", " thermal", " tir "}},
    {"pan", {" pan ", " panchromatic"}},
    {"cirrus", {" cirrus "}},
    {"yellow", {" yellow ", "= y =", "= band y ="}},
}};

std::string_view other_name(const Words& words) {
    std::string spoken = "= ";
    for (const std::string& word : words)
        spoken += word + " ";
    spoken += "=";
    for (const auto& [name, pieces] : kOthers)
        if (std::any_of(pieces.begin(), pieces.end(), [&](std::string_view piece) {
                return !piece.empty() && spoken.find(piece) != std::string::npos;
            }))
            return name;
    return "";
}

constexpr int kNever = 100;

/// How surely words mean a colour: 0 the colour alone, 1 among others, 2 as one of several; `kNever` not at all.
int rank_of(const Words& words, std::string_view color) {
    const std::string letter(color.substr(0, 1));
    if (words == Words{std::string(color)})
        return 0;
    if (words == Words{letter} || words == Words{"band", letter})
        return 1;
    const auto at = std::find(words.begin(), words.end(), color);
    const auto colors =
        std::count_if(kColors.begin(), kColors.end(), [&](const Color& c) { return has(words, c.name); });
    if (at == words.end() || colors > 1)
        return kNever;
    const bool one_of_several = at + 1 != words.end() && (*(at + 1) == "i" || *(at + 1) == "ii" || *(at + 1) == "2");
    return one_of_several || has(words, "deep") || has(words, "light") ? 2 : 1;
}

/// The words in which a file speaks of a band.
Words words_of(const BandFacts& band) {
    return words_of(band.description.empty() ? band.name : band.description);
}

/// The band of a colour among those without another name; 0 without one.
std::size_t find_color(const std::vector<Words>& bands, const std::vector<std::string>& names, const Color& color) {
    std::size_t found = 0;
    std::pair<int, double> best{kNever, 0};
    for (std::size_t i = 0; i < bands.size(); ++i) {
        const int rank = names[i].empty() ? rank_of(bands[i], color.name) : kNever;
        const auto wavelength = wavelength_of(bands[i], true);
        const std::pair<int, double> here{rank, wavelength ? std::abs(*wavelength - color.nanometres) : 0};
        if (here < best) {
            best = here;
            found = i + 1;
        }
    }
    return found;
}

/// N of the word `bN`, which sensors number their bands by; `8A` is 80. 0 without one.
int sensor_number(const Words& words, bool& padded) {
    for (const std::string& word : words) {
        if (word == "b8a")
            return 80;
        const auto number =
            word.size() >= 2 && word.size() <= 3 && word[0] == 'b' && word.find('.') == std::string::npos
                ? number_in<double>(word.substr(1))
                : std::nullopt;
        if (!number)
            continue;
        padded = padded || word[1] == '0';
        return static_cast<int>(*number);
    }
    return 0;
}

struct Numbered {
    int number;
    std::string_view name;
};
constexpr std::array<Numbered, 13> kSentinel2 = {{{1, "coastal"},
                                                  {2, "blue"},
                                                  {3, "green"},
                                                  {4, "red"},
                                                  {5, "rededge"},
                                                  {6, "rededge"},
                                                  {7, "rededge"},
                                                  {8, "nir"},
                                                  {80, "nir08"},
                                                  {9, "nir09"},
                                                  {10, "cirrus"},
                                                  {11, "swir16"},
                                                  {12, "swir22"}}};
constexpr std::array<Numbered, 11> kLandsat8 = {{{1, "coastal"},
                                                 {2, "blue"},
                                                 {3, "green"},
                                                 {4, "red"},
                                                 {5, "nir"},
                                                 {6, "swir16"},
                                                 {7, "swir22"},
                                                 {8, "pan"},
                                                 {9, "cirrus"},
                                                 {10, "lwir"},
                                                 {11, "lwir"}}};
constexpr std::array<Numbered, 7> kLandsat4 = {
    {{1, "blue"}, {2, "green"}, {3, "red"}, {4, "nir"}, {5, "swir16"}, {6, "lwir"}, {7, "swir22"}}};
constexpr std::array<Numbered, 6> kModis = {
    {{1, "red"}, {2, "nir"}, {3, "blue"}, {4, "green"}, {6, "swir16"}, {7, "swir22"}}};

/// Whose numbers these are; nothing where they could be anybody's.
std::span<const Numbered> sensor_of(const std::vector<Words>& bands, const std::set<int>& numbers, bool padded) {
    if (std::any_of(bands.begin(), bands.end(), [](const Words& words) { return has(words, "refl"); }))
        return kModis;
    const bool ten_metres = numbers.contains(8) && !numbers.contains(1) && !numbers.contains(5);
    if (padded || numbers.contains(80) || numbers.contains(12) || ten_metres)
        return kSentinel2;
    const bool four_to_seven = numbers.contains(1) && numbers.contains(7) && !numbers.contains(6);
    if (four_to_seven && *numbers.rbegin() == 7)
        return kLandsat4;
    const bool reflectance =
        std::any_of(bands.begin(), bands.end(), [](const Words& words) { return has(words, "sr"); });
    // Without the first, and beyond the six of older ones, the numbers begin with coastal blue.
    const bool newer = reflectance || *numbers.rbegin() >= 7 || !numbers.contains(1);
    return newer ? std::span<const Numbered>(kLandsat8) : std::span<const Numbered>();
}

/// Names by the numbers of a sensor, where three bands or more have some.
void name_by_numbers(const std::vector<BandFacts>& bands, std::vector<std::string>& names) {
    std::vector<Words> spoken;
    std::vector<int> each;
    std::set<int> numbers;
    bool padded = false;
    for (const BandFacts& band : bands) {
        spoken.push_back(words_of(band.description));
        each.push_back(sensor_number(spoken.back(), padded));
        if (each.back() != 0 && !numbers.insert(each.back()).second)
            return; // twice the same: bands of several dates
    }
    if (numbers.size() < 3)
        return;
    for (const auto& [number, name] : sensor_of(spoken, numbers, padded))
        for (std::size_t i = 0; i < bands.size(); ++i)
            if (each[i] == number && names[i].empty())
                names[i] = name;
}

bool are_all(const std::array<std::size_t, 3>& found) {
    return found[0] != 0 && found[1] != 0 && found[2] != 0;
}

std::array<std::size_t, 3> by_role(const std::vector<BandFacts>& bands) {
    std::array<std::size_t, 3> found{};
    for (std::size_t color = 0; color < 3; ++color)
        for (std::size_t i = bands.size(); i-- > 0;)
            if (bands[i].color_interpretation == kColors[color].name)
                found[color] = i + 1;
    return found;
}

/// Whether no words contradict the roles: infrared that is shown red is still infrared.
bool agree(const std::array<std::size_t, 3>& roles, const std::array<std::size_t, 3>& found,
           const std::vector<std::string>& names) {
    for (std::size_t color = 0; color < 3; ++color)
        if (!names[roles[color] - 1].empty() || (found[color] != 0 && found[color] != roles[color]))
            return false;
    return true;
}

std::array<std::size_t, 3> by_wavelength(const std::vector<Words>& bands) {
    constexpr double kNear = 30;
    std::array<std::size_t, 3> found{};
    for (std::size_t color = 0; color < 3; ++color) {
        double best = kNear;
        for (std::size_t i = 0; i < bands.size(); ++i) {
            const auto wavelength = wavelength_of(bands[i], false);
            const double off = wavelength ? std::abs(*wavelength - kColors[color].nanometres) : kNear;
            if (off < best) {
                best = off;
                found[color] = i + 1;
            }
        }
    }
    return found;
}

} // namespace

std::vector<std::string> common_names(const std::vector<BandFacts>& bands) {
    std::vector<std::string> names(bands.size());
    std::vector<Words> words;
    words.reserve(bands.size());
    for (std::size_t i = 0; i < bands.size(); ++i) {
        words.push_back(words_of(bands[i]));
        names[i] = bands[i].color_interpretation == "nir" ? "nir" : other_name(words.back());
    }
    std::array<std::size_t, 3> found{};
    for (std::size_t color = 0; color < 3; ++color)
        found[color] = find_color(words, names, kColors[color]);
    if (const auto roles = by_role(bands); !are_all(found) && are_all(roles) && agree(roles, found, names))
        found = roles;
    const bool spoken = std::any_of(found.begin(), found.end(), [](std::size_t band) { return band != 0; });
    if (!spoken)
        name_by_numbers(bands, names);
    if (!spoken && std::find(names.begin(), names.end(), "red") == names.end())
        found = by_wavelength(words);
    for (std::size_t color = 0; color < 3; ++color)
        if (found[color] != 0)
            names[found[color] - 1] = kColors[color].name;
    return names;
}

} // namespace landfall::imagery
