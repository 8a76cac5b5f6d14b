#include "domain/analysis/band_formulas.hpp"

#include "core/fold.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/organizations.hpp"
#include "imagery/analysis/formulas.hpp"
#include "imagery/analysis/sensors.hpp"
#include "imagery/analysis/spectral_indices.hpp"
#include "imagery/colors/colormap.hpp"

#include <fmt/format.h>

#include <cmath>

namespace landfall::domain {
namespace {

constexpr std::size_t kMostFormulas = 1000; ///< of one organization: they are listed without pages

Status check_range(const std::vector<double>& range) {
    if (range.size() == 2 && std::isfinite(range[0]) && std::isfinite(range[1]) && range[0] < range[1])
        return {};
    return fail_field("value_range", "Give the two values between which it is stretched, the lower one first");
}

Status check_name_is_free(Context& cx, const catalog::BandFormulaRow& row) {
    if (imagery::find_index(row.name))
        return fail(Code::Conflict, fmt::format("'{}' is the name of a standard index; choose another one", row.name));
    TRY(const auto known, catalog::find_band_formula_by_name(cx.session, row.organization_id, row.folded_name));
    if (known && known->id != row.id)
        return fail(Code::Conflict, fmt::format("The organization has a formula '{}' already", known->name));
    return {};
}

/// Everything that a formula must be before it is stored.
Status check(Context& cx, catalog::BandFormulaRow& row) {
    CHECK_OK(check_name("name", row.name));
    CHECK_OK(check_name("category", row.category));
    CHECK_OK(imagery::check_formula(row.formula, imagery::names_of_any()));
    CHECK_OK(imagery::Colormap::parse(row.colormap));
    row.folded_name = fold_case(row.name);
    return check_name_is_free(cx, row);
}

} // namespace

Result<catalog::BandFormulaRow> create_band_formula(Context& cx, const NewBandFormula& wanted) {
    catalog::BandFormulaRow row;
    TRY(row.organization_id, own_organization(cx));
    CHECK_OK(require_organization(cx, row.organization_id, OrganizationRole::Member));
    CHECK_OK(check_range(wanted.value_range));
    row.id = BandFormulaId::make();
    row.name = wanted.name;
    row.formula = wanted.formula;
    row.display_name = wanted.display_name;
    row.description = wanted.description;
    row.colormap = wanted.colormap;
    row.range_low = wanted.value_range[0];
    row.range_high = wanted.value_range[1];
    row.category = wanted.category;
    row.created_by = cx.principal.user_id;
    row.created_at = row.updated_at = cx.now;
    CHECK_OK(check(cx, row));
    TRY(const auto present, catalog::list_band_formulas(cx.session, row.organization_id));
    if (present.size() >= kMostFormulas)
        return fail(
            Code::Conflict,
            fmt::format("An organization keeps at most {} formulas; delete one that nobody needs", kMostFormulas));
    CHECK_OK(catalog::insert_band_formula(cx.session, row));
    cx.touch(row.id.str());
    return row;
}

Result<catalog::BandFormulaRow> update_band_formula(Context& cx, const BandFormulaId& id,
                                                    const BandFormulaChange& change) {
    TRY(auto row, require_band_formula(cx, id));
    row.name = change.name.value_or(row.name);
    row.formula = change.formula.value_or(row.formula);
    row.colormap = change.colormap.value_or(row.colormap);
    row.category = change.category.value_or(row.category);
    change.display_name.assign_to(row.display_name);
    change.description.assign_to(row.description);
    if (change.value_range) {
        CHECK_OK(check_range(*change.value_range));
        row.range_low = change.value_range->front();
        row.range_high = change.value_range->back();
    }
    CHECK_OK(check(cx, row));
    row.updated_at = cx.now;
    CHECK_OK(catalog::update_band_formula(cx.session, row));
    cx.touch(row.id.str());
    return row;
}

Result<catalog::BandFormulaRow> require_band_formula(Context& cx, const BandFormulaId& id) {
    TRY(const auto organization, own_organization(cx));
    CHECK_OK(require_organization(cx, organization, OrganizationRole::Member));
    TRY(auto row, catalog::find_band_formula(cx.session, organization, id));
    if (!row)
        return fail(Code::NotFound, "The organization has no such formula; band_formulas.list tells which it has");
    return *std::move(row);
}

Result<std::vector<catalog::BandFormulaRow>> list_band_formulas(Context& cx,
                                                                const std::optional<std::string>& category) {
    TRY(const auto organization, own_organization(cx));
    CHECK_OK(require_organization(cx, organization, OrganizationRole::Member));
    TRY(auto rows, catalog::list_band_formulas(cx.session, organization));
    if (category)
        std::erase_if(rows, [&](const auto& row) { return row.category != *category; });
    return rows;
}

Status delete_band_formula(Context& cx, const BandFormulaId& id) {
    TRY(const auto row, require_band_formula(cx, id));
    CHECK_OK(catalog::delete_band_formula(cx.session, row.organization_id, row.id));
    cx.touch(row.id.str());
    return {};
}

} // namespace landfall::domain
