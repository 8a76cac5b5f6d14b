#include "domain/analysis/band_formulas.hpp"

#include "domain/tenancy/access.hpp"
#include "imagery/analysis/formulas.hpp"
#include "imagery/analysis/spectral_indices.hpp"
#include "operations/done.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <algorithm>

namespace landfall::operations {
namespace {

/// What formulas are made of, in what creates and what changes one.
constexpr schema::Rules kName{.min_length = 2, .max_length = 50};
constexpr schema::Rules kFormula{.text = "Band math over roles (NIR, RED, SWIR1, …), band ids of sensors or b1…bN",
                                 .min_length = 3,
                                 .max_length = 1000};
constexpr schema::Rules kDisplayName{.max_length = 255};
constexpr schema::Rules kDescription{.max_length = 16'384};
constexpr schema::Rules kColormap{.text = "A name of cog.colormaps, or JSON text of one", .max_length = 200'000};
constexpr schema::Rules kRange{.text = "Low and high of the stretch; -1 and 1 if absent", .max_items = 2};
constexpr schema::Rules kCategory{.min_length = 1, .max_length = 50};

constexpr schema::Rules required(schema::Rules rules) {
    rules.required = true;
    return rules;
}

struct BandFormulaOutput {
    std::string id;
    OrganizationId organization_id;
    std::string name;
    std::optional<std::string> display_name;
    std::string formula;
    std::optional<std::string> description;
    std::vector<std::string> required_bands;
    std::string colormap;
    std::vector<double> value_range;
    std::string category;
    bool is_template = false;
    Timestamp created_at{}, updated_at{};
};

constexpr auto describe(schema::Of<BandFormulaOutput>) {
    using schema::field;
    using T = BandFormulaOutput;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("organization_id", &T::organization_id, {.required = true}),
        field("name", &T::name, {.required = true}), field("display_name", &T::display_name),
        field("formula", &T::formula, {.required = true}), field("description", &T::description),
        field("required_bands", &T::required_bands, {.text = "The bands that the formula names"}),
        field("colormap", &T::colormap, {.required = true}), field("value_range", &T::value_range, {.required = true}),
        field("category", &T::category, {.required = true}),
        field("is_template", &T::is_template, {.text = "A standard index, the same for everybody", .required = true}),
        field("created_at", &T::created_at, {.required = true}),
        field("updated_at", &T::updated_at, {.required = true}));
}

BandFormulaOutput response(const catalog::BandFormulaRow& row) {
    return {row.id.str(),
            row.organization_id,
            row.name,
            row.display_name,
            row.formula,
            row.description,
            imagery::bands_named(row.formula),
            row.colormap,
            {row.range_low, row.range_high},
            row.category,
            false,
            row.created_at,
            row.updated_at};
}

/// Standard indices are as old as time begins.
BandFormulaOutput response(const imagery::SpectralIndex& index, const OrganizationId& organization) {
    return {std::string(index.id),
            organization,
            std::string(index.id),
            std::string(index.name),
            std::string(index.formula),
            std::string(index.source),
            imagery::bands_named(index.formula),
            std::string(index.colormap),
            {index.low, index.high},
            std::string(index.category),
            true,
            Timestamp{},
            Timestamp{}};
}

struct BandFormulaCreateInput : domain::NewBandFormula {};

constexpr auto describe(schema::Of<BandFormulaCreateInput>) {
    using schema::field;
    using T = BandFormulaCreateInput;
    return schema::fields(field("name", &T::name, required(kName)), field("formula", &T::formula, required(kFormula)),
                          field("display_name", &T::display_name, kDisplayName),
                          field("description", &T::description, kDescription),
                          field("colormap", &T::colormap, kColormap), field("value_range", &T::value_range, kRange),
                          field("category", &T::category, kCategory));
}

constexpr OperationSpec kCreate{
    .id = "band_formulas.create",
    .scope = "band_formulas:write",
    .side_effect = SideEffect::Compute,
    .summary = "Keep a formula over bands under a name, for everybody of the organization.",
    .errors = Code::Conflict,
    .accepts_idempotency_key = true,
};

Result<BandFormulaOutput> create(domain::Context& cx, const BandFormulaCreateInput& in) {
    return domain::create_band_formula(cx, in).map([](const auto& row) { return response(row); });
}

struct BandFormulaRef {
    BandFormulaId formula_id;
};
constexpr auto describe(schema::Of<BandFormulaRef>) {
    return schema::fields(schema::field("formula_id", &BandFormulaRef::formula_id, {.required = true}));
}

constexpr OperationSpec kGet{
    .id = "band_formulas.get",
    .scope = "band_formulas:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one formula of the organization, or a standard index by its id.",
};

using BandFormulaGetInput = schema::Named<BandFormulaRef, "BandFormulaGetInput">;

Result<BandFormulaOutput> get(domain::Context& cx, const BandFormulaGetInput& in) {
    if (const auto index = imagery::find_index(in.formula_id.str())) {
        TRY(const auto organization, domain::own_organization(cx));
        return response(**index, organization);
    }
    return domain::require_band_formula(cx, in.formula_id).map([](const auto& row) { return response(row); });
}

struct BandFormulasListInput {
    std::optional<std::string> category;
    bool include_templates = true;
};
constexpr auto describe(schema::Of<BandFormulasListInput>) {
    using schema::field;
    using T = BandFormulasListInput;
    return schema::fields(field("category", &T::category, {.max_length = 50}),
                          field("include_templates", &T::include_templates, {.text = "Standard indices as well"}));
}

constexpr OperationSpec kList{
    .id = "band_formulas.list",
    .scope = "band_formulas:read",
    .side_effect = SideEffect::Read,
    .summary = "List the organization's formulas by name, then the standard indices.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<BandFormulaOutput>> list(domain::Context& cx, const BandFormulasListInput& in) {
    TRY(const auto organization, domain::own_organization(cx));
    TRY(const auto rows, domain::list_band_formulas(cx, in.category));
    std::vector<BandFormulaOutput> all;
    for (const auto& row : rows)
        all.push_back(response(row));
    if (in.include_templates)
        for (const auto& index : imagery::spectral_indices())
            if (!in.category || *in.category == index.category)
                all.push_back(response(index, organization));
    return all;
}

struct BandFormulaUpdateInput : BandFormulaRef, domain::BandFormulaChange {};
constexpr auto describe(schema::Of<BandFormulaUpdateInput>) {
    using schema::field;
    using T = BandFormulaUpdateInput;
    return schema::joined(
        describe(schema::Of<BandFormulaRef>{}),
        schema::fields(field("name", &T::name, kName), field("formula", &T::formula, kFormula),
                       field("display_name", &T::display_name, kDisplayName),
                       field("description", &T::description, kDescription), field("colormap", &T::colormap, kColormap),
                       field("value_range", &T::value_range, kRange), field("category", &T::category, kCategory)));
}

constexpr OperationSpec kUpdate{
    .id = "band_formulas.update",
    .scope = "band_formulas:write",
    .side_effect = SideEffect::Compute,
    .summary = "Change what is given of a formula; null clears its display name or description.",
    .errors = Code::Conflict,
};

Result<BandFormulaOutput> update(domain::Context& cx, const BandFormulaUpdateInput& in) {
    return domain::update_band_formula(cx, in.formula_id, in).map([](const auto& row) { return response(row); });
}

using BandFormulaDeleteInput = schema::Named<BandFormulaRef, "BandFormulaDeleteInput">;
using BandFormulaDeleteOutput = schema::Named<Done<BandFormulaId>, "BandFormulaDeleteOutput">;

constexpr OperationSpec kDelete{
    .id = "band_formulas.delete",
    .scope = "band_formulas:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Delete a formula of the organization.",
};

Result<BandFormulaDeleteOutput> remove(domain::Context& cx, const BandFormulaDeleteInput& in) {
    CHECK_OK(domain::delete_band_formula(cx, in.formula_id));
    return BandFormulaDeleteOutput{{true, in.formula_id}};
}

} // namespace

void add_band_formulas(Registry& registry) {
    registry.write(kCreate, create);
    registry.read(kGet, get);
    registry.read(kList, list);
    registry.write(kUpdate, update);
    registry.write(kDelete, remove);
}

} // namespace landfall::operations
