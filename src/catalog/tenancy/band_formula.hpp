#pragma once
/// Formulas over bands that an organization keeps under names (geopera.md section 11, `band_formulas.*`).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall {
namespace tag {
struct BandFormula {
    static constexpr std::string_view prefix = "bf_";
};
} // namespace tag
using BandFormulaId = Id<tag::BandFormula>;
} // namespace landfall

namespace landfall::catalog {

struct BandFormulaRow {
    BandFormulaId id;
    OrganizationId organization_id;
    std::string name;
    std::string folded_name; ///< without case: one of each in an organization
    std::optional<std::string> display_name;
    std::string formula;
    std::optional<std::string> description;
    std::string colormap;
    double range_low = -1, range_high = 1;
    std::string category;
    std::optional<UserId> created_by;
    Timestamp created_at{};
    Timestamp updated_at{};
};

constexpr auto columns(Of<BandFormulaRow>) {
    using R = BandFormulaRow;
    using enum Use;
    return table("band_formula", column("id", &R::id, Key), column("organization_id", &R::organization_id, Key),
                 column("name", &R::name, Mutable), column("folded_name", &R::folded_name, Mutable),
                 column("display_name", &R::display_name, Mutable), column("formula", &R::formula, Mutable),
                 column("description", &R::description, Mutable), column("colormap", &R::colormap, Mutable),
                 column("range_low", &R::range_low, Mutable), column("range_high", &R::range_high, Mutable),
                 column("category", &R::category, Mutable), column("created_by", &R::created_by),
                 column("created_at", &R::created_at), column("updated_at", &R::updated_at, Mutable));
}

/// Conflict if the id or the folded name is taken.
Status insert_band_formula(Session& session, const BandFormulaRow& row);
/// Writes the mutable columns; Conflict if another has the folded name. False if there is none.
Result<bool> update_band_formula(Session& session, const BandFormulaRow& row);
/// False if there is none.
Result<bool> delete_band_formula(Session& session, const OrganizationId& organization, const BandFormulaId& id);
Result<std::optional<BandFormulaRow>> find_band_formula(Session& session, const OrganizationId& organization,
                                                        const BandFormulaId& id);
/// By its folded name.
Result<std::optional<BandFormulaRow>> find_band_formula_by_name(Session& session, const OrganizationId& organization,
                                                                std::string_view folded_name);
/// By folded name.
Result<std::vector<BandFormulaRow>> list_band_formulas(Session& session, const OrganizationId& organization);

} // namespace landfall::catalog
