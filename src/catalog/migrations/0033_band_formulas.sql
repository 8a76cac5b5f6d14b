-- Formulas over bands that an organization keeps under names.
CREATE TABLE band_formula (
    id {{text}} PRIMARY KEY NOT NULL,
    organization_id {{text}} NOT NULL REFERENCES organization (id),
    name {{text}} NOT NULL,
    folded_name {{text}} NOT NULL,
    display_name {{text}},
    formula {{text}} NOT NULL,
    description {{text}},
    colormap {{text}} NOT NULL,
    range_low DOUBLE PRECISION NOT NULL,
    range_high DOUBLE PRECISION NOT NULL,
    category {{text}} NOT NULL,
    created_by {{text}},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX band_formula_name ON band_formula (organization_id, folded_name);
