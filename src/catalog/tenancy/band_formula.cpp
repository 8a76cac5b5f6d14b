#include "catalog/tenancy/band_formula.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kOfOrganization = " WHERE organization_id = ?1";
constexpr std::string_view kFind = sql<select_from<BandFormulaRow>, kOfOrganization, " AND id = ?2">;
constexpr std::string_view kFindByName = sql<select_from<BandFormulaRow>, kOfOrganization, " AND folded_name = ?2">;
constexpr std::string_view kList = sql<select_from<BandFormulaRow>, kOfOrganization, " ORDER BY folded_name, id">;
constexpr std::string_view kDelete = "DELETE FROM band_formula WHERE organization_id = ?1 AND id = ?2";

} // namespace

Status insert_band_formula(Session& session, const BandFormulaRow& row) {
    return done(session.execute(insert_into<BandFormulaRow>, insert_values(row)));
}

Result<bool> update_band_formula(Session& session, const BandFormulaRow& row) {
    return changed(session.execute(update_of<BandFormulaRow>, update_values(row)));
}

Result<bool> delete_band_formula(Session& session, const OrganizationId& organization, const BandFormulaId& id) {
    return changed(session.run(kDelete, organization, id));
}

Result<std::optional<BandFormulaRow>> find_band_formula(Session& session, const OrganizationId& organization,
                                                        const BandFormulaId& id) {
    return session.first(kFind, read_as<BandFormulaRow>, organization, id);
}

Result<std::optional<BandFormulaRow>> find_band_formula_by_name(Session& session, const OrganizationId& organization,
                                                                std::string_view folded_name) {
    return session.first(kFindByName, read_as<BandFormulaRow>, organization, folded_name);
}

Result<std::vector<BandFormulaRow>> list_band_formulas(Session& session, const OrganizationId& organization) {
    return session.all(kList, read_as<BandFormulaRow>, organization);
}

} // namespace landfall::catalog
