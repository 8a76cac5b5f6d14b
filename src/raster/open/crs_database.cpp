#include "raster/open/crs_database.hpp"

#include "core/text.hpp"
#include "raster/open/drivers.hpp"
#include "raster/tasks.hpp"

#include <fmt/format.h>
#include <ogr_srs_api.h>

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>

namespace landfall::raster {
namespace {

constexpr std::size_t kMostQuoted = 100; ///< bytes of what a refusal repeats
constexpr std::size_t kNameBytes = 1000;
constexpr std::size_t kAreaBytes = 4000;

/// Owns the list of all systems, which takes a third of a second to read.
class Systems {
public:
    Systems() : list_(OSRGetCRSInfoListFromDatabase(nullptr, nullptr, &count_)) {}
    Systems(const Systems&) = delete;
    Systems& operator=(const Systems&) = delete;
    ~Systems() { OSRDestroyCRSInfoList(list_); }

    std::span<OSRCRSInfo* const> all() const {
        return {list_, static_cast<std::size_t>(list_ != nullptr ? count_ : 0)};
    }

private:
    int count_ = 0;
    OSRCRSInfo** list_;
};

bool is_for_maps(const OSRCRSInfo& system) {
    const bool kind = system.eType == OSR_CRS_TYPE_GEOGRAPHIC_2D || system.eType == OSR_CRS_TYPE_PROJECTED ||
                      system.eType == OSR_CRS_TYPE_COMPOUND;
    const std::string_view authority = system.pszAuthName;
    return kind && !authority.starts_with("IAU"); // other planets
}

std::string text_of(const char* text, std::size_t bytes) {
    return text != nullptr ? clean_utf8(text, bytes) : "";
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : lower_case(text) + " ") {
        if (c != ' ' && c != ',' && c != '/' && c != '\t')
            word += c;
        else if (!word.empty())
            words.push_back(std::exchange(word, {}));
    }
    return words;
}

/// What everybody calls a system that its authority calls otherwise.
constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kAlsoCalled{{{"EPSG:3857", "web mercator"}}};

/// The names of a system in lower case.
std::string names_of(const CrsEntry& entry) {
    const auto* const also = std::ranges::find(kAlsoCalled, entry.code, &decltype(kAlsoCalled)::value_type::first);
    return also == kAlsoCalled.end() ? lower_case(entry.name)
                                     : fmt::format("{} {}", lower_case(entry.name), also->second);
}

/// How well a system fits, the best lowest.
enum class Fit { Code, Name, Beginning, Words, Area, None };

Fit fit_of(const CrsEntry& entry, const std::string& wanted, const std::vector<std::string>& words) {
    const std::string code = lower_case(entry.code);
    const std::string name = names_of(entry);
    if (code == wanted || code.substr(code.find(':') + 1) == wanted)
        return Fit::Code;
    if (name == wanted)
        return Fit::Name;
    if (name.starts_with(wanted))
        return Fit::Beginning;
    const auto holds_all = [&](const std::string& text) {
        return std::ranges::all_of(words,
                                   [&](const std::string& word) { return text.find(word) != std::string::npos; });
    };
    if (holds_all(name))
        return Fit::Words;
    return holds_all(fmt::format("{} {} {}", code, name, lower_case(entry.area))) ? Fit::Area : Fit::None;
}

struct Hit {
    Fit fit;
    CrsEntry entry;

    /// Where equal fits stand: the EPSG's own, the system of GPS, short names first.
    auto rank() const {
        return std::tuple(fit, !entry.code.starts_with("EPSG:"), !entry.name.starts_with("WGS 84"), entry.name.size(),
                          entry.code.size(), std::string_view(entry.code));
    }
};

} // namespace

Result<CrsFacts> read_crs(const std::string& text) {
    const CrsHandle crs = crs_from_text(text);
    if (crs == nullptr)
        return fail_field("crs",
                          fmt::format("'{}' is no coordinate reference system that is known; give a code such as "
                                      "EPSG:2056, which crs.search finds, or WKT",
                                      clean_utf8(text, kMostQuoted)));
    CrsFacts facts = describe_crs(*crs);
    if (!facts.on_earth)
        return fail_field("crs", fmt::format("'{}' places nothing on the Earth", clean_utf8(facts.name, kMostQuoted)));
    return facts;
}

CrsList find_crs(const CrsQuery& query) {
    static const Systems systems;
    const auto words = words_of(query.q);
    std::string wanted = lower_case(query.q);
    wanted.erase(0, wanted.find_first_not_of(' '));
    wanted.erase(wanted.find_last_not_of(' ') + 1);
    std::vector<Hit> hits;
    for (const OSRCRSInfo* system : systems.all()) {
        if (words.empty() || !is_for_maps(*system))
            continue;
        CrsEntry entry{text_of(fmt::format("{}:{}", system->pszAuthName, system->pszCode).c_str(), 64),
                       text_of(system->pszName, kNameBytes), text_of(system->pszAreaName, kAreaBytes)};
        const Fit fit = fit_of(entry, wanted, words);
        if (fit != Fit::None && (system->bDeprecated == 0 || fit == Fit::Code))
            hits.push_back({fit, std::move(entry)});
    }
    const auto shown = std::min<std::size_t>(hits.size(), static_cast<std::size_t>(query.limit));
    const auto better = [](const Hit& a, const Hit& b) { return a.rank() < b.rank(); };
    std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(shown), hits.end(), better);
    CrsList list;
    for (std::size_t i = 0; i < shown; ++i)
        list.crs.push_back(std::move(hits[i].entry));
    return list;
}

Result<CrsList> find_crs_task(const std::string& /*folder*/, const CrsQuery& query, const Progress& /*progress*/) {
    register_drivers();
    const QuietErrors quiet;
    return find_crs(query);
}

Result<CrsName> read_crs_task(const std::string& /*folder*/, const CrsText& text, const Progress& /*progress*/) {
    register_drivers();
    const QuietErrors quiet;
    TRY(const CrsFacts facts, read_crs(text.crs));
    return CrsName{facts.name};
}

} // namespace landfall::raster
