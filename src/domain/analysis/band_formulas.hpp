#pragma once
/// Formulas that an organization keeps for all who work in it. Contract: geopera.md section 11, `band_formulas.*`.

#include "catalog/tenancy/band_formula.hpp"
#include "domain/context.hpp"
#include "schema/fields.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

struct NewBandFormula {
    std::string name, formula;
    std::optional<std::string> display_name, description;
    std::string colormap = "RdYlGn";
    std::vector<double> value_range{-1, 1}; ///< low, high
    std::string category = "custom";
};
/// One more formula of the caller's organization. InvalidArgument for a formula, colormap or range that is none,
/// Conflict for a name that a formula of the organization or a standard index has, in any case.
Result<catalog::BandFormulaRow> create_band_formula(Context& cx, const NewBandFormula& wanted);

/// What `band_formulas.update` changes: null leaves what may not be null.
struct BandFormulaChange {
    std::optional<std::string> name, formula, colormap, category;
    std::optional<std::vector<double>> value_range;
    schema::Patch<std::string> display_name, description;
};
/// The formula as it is then. Fails as `create_band_formula` does; NotFound for another organization's.
Result<catalog::BandFormulaRow> update_band_formula(Context& cx, const BandFormulaId& id,
                                                    const BandFormulaChange& change);

/// One of the caller's organization, else NotFound.
Result<catalog::BandFormulaRow> require_band_formula(Context& cx, const BandFormulaId& id);

/// Those of the caller's organization by name; of one category where that is given.
Result<std::vector<catalog::BandFormulaRow>> list_band_formulas(Context& cx,
                                                                const std::optional<std::string>& category);

/// NotFound a second time.
Status delete_band_formula(Context& cx, const BandFormulaId& id);

} // namespace landfall::domain
