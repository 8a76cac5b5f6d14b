#include "imagery/analysis/visualizations.hpp"

#include "core/text.hpp"
#include "imagery/analysis/spectral_indices.hpp"
#include "imagery/band_roles.hpp"
#include "imagery/colors/colormap.hpp"
#include "imagery/expression.hpp"
#include "imagery/rendering_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::imagery {
namespace {

constexpr int kMostBands = 65'535;
constexpr std::size_t kMostRoles = 1024;
constexpr std::size_t kMostQuoted = 64; ///< bytes of what a refusal repeats

struct Composite {
    std::string_view id, label, category, description;
    std::array<std::string_view, 3> roles;
};
constexpr Composite kComposites[] = {
    {"natural", "Natural colour", "natural", "As the eye sees it", {"red", "green", "blue"}},
    {"color_infrared", "Colour infrared", "vegetation", "Vegetation in red", {"nir", "red", "green"}},
    {"agriculture", "Agriculture", "vegetation", "Crops in bright green", {"swir1", "nir", "blue"}},
    {"shortwave_infrared",
     "Shortwave infrared",
     "moisture",
     "Vegetation in green, bare soil and burns in brown and red",
     {"swir2", "nir", "red"}},
    {"urban", "Urban", "urban", "Built-up areas in magenta, through haze", {"swir2", "swir1", "red"}},
};

bool is_elevation(std::string_view data_type) {
    constexpr std::string_view kTypes[] = {"elevation", "dem", "dsm", "dtm"};
    return std::ranges::find(kTypes, data_type) != std::end(kTypes);
}

/// The formula with `bN` for each role; nothing unless all of its roles are there.
std::optional<std::string> over_bands(std::string_view formula, const BandRoles& roles) {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    std::string out;
    for (std::size_t at = 0; at < formula.size();) {
        std::size_t end = at + 1;
        if (formula[at] < 'A' || formula[at] > 'Z') {
            out += formula[at++];
            continue;
        }
        while (end < formula.size() && is_letter(formula[end]))
            ++end;
        const auto role = roles.find(lower_case(formula.substr(at, end - at)));
        if (role == roles.end())
            return std::nullopt;
        out += fmt::format("b{}", role->second);
        at = end;
    }
    return out;
}

std::string rescale_text(const std::vector<std::array<double, 2>>& pairs) {
    std::string text;
    for (const auto& [low, high] : pairs)
        text += fmt::format("{}{},{}", text.empty() ? "" : ";", low, high);
    return text;
}

/// Gathers the ways; which one is the default is settled at the end.
class Lister {
public:
    Lister(const ShownBands& shown, const Rendering& look) : shown_(shown), look_(look) {}

    std::vector<Visualization> list() {
        add_configured();
        if (is_elevation(shown_.data_type) || shown_.roles.contains("elevation"))
            add_elevation();
        for (const auto& composite : kComposites)
            add_composite(composite);
        for (const auto& index : spectral_indices())
            add_index(index);
        add_bands();
        if (!all_.empty())
            all_.front().is_default = true;
        return std::move(all_);
    }

private:
    Visualization& add(std::string_view id, std::string_view label, VisualizationKind kind) {
        Visualization& one = all_.emplace_back();
        one.id = id;
        one.label = label;
        one.kind = kind;
        one.asset = shown_.asset;
        return one;
    }

    /// The configured stretch holds for values, so for as many bands as it has pairs, and not for an index.
    void stretch(Visualization& one, std::size_t bands) const {
        if (look_.rescale.size() == 1 || look_.rescale.size() == bands)
            one.rescale = rescale_text(look_.rescale);
    }

    void add_configured() {
        if (look_.bands.empty() && look_.expression.empty())
            return;
        const bool index = !look_.expression.empty();
        const bool rgb = look_.bands.size() == 3;
        auto& one = add("configured", "As configured",
                        index ? VisualizationKind::Index : (rgb ? VisualizationKind::Rgb : VisualizationKind::Raw));
        if (index)
            one.expression = look_.expression;
        else
            one.bands = look_.bands;
        if (!look_.colormap.empty() && (index || !rgb))
            one.colormap = look_.colormap;
        stretch(one, rgb && !index ? 3 : 1);
    }

    void add_elevation() {
        const auto role = shown_.roles.find("elevation");
        auto& one = add("elevation", "Elevation", VisualizationKind::Elevation);
        one.bands = std::vector{role == shown_.roles.end() ? 1 : role->second};
        one.colormap = look_.colormap.empty() ? "terrain" : look_.colormap;
        one.category = "terrain";
        one.description = "Heights, low to high";
        stretch(one, 1);
    }

    void add_composite(const Composite& composite) {
        std::vector<int> bands;
        for (const auto role : composite.roles)
            if (const auto known = shown_.roles.find(role); known != shown_.roles.end())
                bands.push_back(known->second);
        if (bands.size() != composite.roles.size())
            return;
        auto& one = add(composite.id, composite.label, VisualizationKind::Rgb);
        one.bands = std::move(bands);
        one.category = composite.category;
        one.description = composite.description;
        stretch(one, composite.roles.size());
    }

    void add_index(const SpectralIndex& index) {
        auto expression = over_bands(index.formula, shown_.roles);
        if (!expression)
            return;
        auto& one = add(index.id, index.name, VisualizationKind::Index);
        one.expression = std::move(expression);
        one.colormap = index.colormap;
        one.rescale = fmt::format("{},{}", index.low, index.high);
        one.category = index.category;
        one.description = index.formula;
    }

    void add_bands() {
        for (const auto& [role, band] : shown_.roles)
            add_band(fmt::format("band_{}", role), role, band);
        if (shown_.roles.empty() && all_.empty())
            add_band("band_1", "Band 1", 1);
    }

    void add_band(std::string_view id, std::string_view label, int band) {
        auto& one = add(id, label, VisualizationKind::Raw);
        one.bands = std::vector{band};
        one.colormap = look_.colormap.empty() ? "gray" : look_.colormap;
        one.category = "band";
        stretch(one, 1);
    }

    const ShownBands& shown_;
    const Rendering& look_;
    std::vector<Visualization> all_;
};

} // namespace

Result<BandRoles> parse_band_roles(const Json& roles) {
    BandRoles out;
    Error faults(Code::InvalidArgument, "Each role names one band, counted from 1.");
    if (roles.members().size() > kMostRoles)
        return fail_field("band_roles", fmt::format("At most {} roles are taken.", kMostRoles));
    for (const auto& [role, band] : roles.members()) {
        const std::int64_t number = band.as_integer(0);
        if (!role.empty() && role.size() <= kMostQuoted && number >= 1 && number <= kMostBands)
            out.emplace(canonical_role(role), static_cast<int>(number));
        else
            faults.fields.push_back(
                {{"band_roles", clean_utf8(role, kMostQuoted)},
                 fmt::format("A role of 1 to {} bytes names one band, from 1 to {}.", kMostQuoted, kMostBands),
                 "value_error"});
    }
    if (!faults.fields.empty())
        return fail(std::move(faults));
    return out;
}

Result<std::vector<Visualization>> visualizations_for(const ShownBands& shown) {
    BandNames names(kMostBands);
    for (const auto& [role, band] : shown.roles)
        names.add(role, band);
    auto look = rendering_from_config(shown.render_params, names);
    if (!look) {
        for (FieldError& fault : look.error().fields)
            fault.path.insert(fault.path.begin(), "render_params");
        return fail(look.error());
    }
    if (shown.data_type.ends_with("vector"))
        return std::vector<Visualization>();
    return Lister(shown, *look).list();
}

} // namespace landfall::imagery
