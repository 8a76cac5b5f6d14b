-- What the transactional STAC face needs: its project and who may read it, tokens derived from a password and an epoch,
-- what collections, items and assets say there, and when the items of a collection last changed.
ALTER TABLE project ADD COLUMN is_public BIGINT NOT NULL DEFAULT 0;
ALTER TABLE project ADD COLUMN is_stac BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX project_stac ON project (is_stac) WHERE is_stac = 1 AND deleted_at IS NULL;

ALTER TABLE app_user ADD COLUMN token_epoch BIGINT NOT NULL DEFAULT 0;

ALTER TABLE collection ADD COLUMN is_published BIGINT NOT NULL DEFAULT 1;
ALTER TABLE collection ADD COLUMN external_prefixes TEXT COLLATE "C";
ALTER TABLE collection ADD COLUMN cache_control TEXT COLLATE "C";
ALTER TABLE collection ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

ALTER TABLE item ADD COLUMN links TEXT COLLATE "C";
ALTER TABLE item ADD COLUMN view_expires_at BIGINT;
CREATE INDEX item_view_end ON item (view_expires_at) WHERE view_expires_at IS NOT NULL AND deleted_at IS NULL;

ALTER TABLE asset ADD COLUMN description TEXT COLLATE "C";
ALTER TABLE asset ADD COLUMN members TEXT COLLATE "C";
ALTER TABLE asset ADD COLUMN content_encoding TEXT COLLATE "C";

ALTER TABLE item_tally ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;

-- Text without the case of its letters; SQLite has it of the program, which folds what it is compared with. So it is the
-- program's folding, letter for letter (core/fold.hpp): the lower case of ICU would know other letters. The list of
-- capitals is gone through for each letter, so it is as short as the text allows.
CREATE FUNCTION folded_text(value TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN $1 COLLATE "C" !~ '[À-ÖØ-ÞĀ-ԯḀ-ỿ]' THEN lower($1 COLLATE "C")
        WHEN $1 COLLATE "C" !~ '[Ā-ԯḀ-ỿ]' THEN translate(lower($1 COLLATE "C"),
            'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ', 'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ')
        ELSE translate(lower($1 COLLATE "C"),
            'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹ' ||
            'ŻŽǍǏǑǓǕǗǙǛǞǠǢǤǦǨǪǬǮǸǺǼǾȀȂȄȆȈȊȌȎȐȒȔȖȘȚȜȞȢȤȦȨȪȬȮȰȲΆΈΉΊΌΎΏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫЀЁЂЃЄЅІЇЈ' ||
            'ЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѶѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӐӒӔӖӘӚӜ' ||
            'ӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮḀḂḄḆḈḊḌḎḐḒḔḖḘḚḜḞḠḢḤḦḨḪḬḮḰḲḴḶḸḺḼḾṀṂṄṆṈṊṌṎṐṒṔṖṘṚṜṞṠ' ||
            'ṢṤṦṨṪṬṮṰṲṴṶṸṺṼṾẀẂẄẆẈẊẌẎẐẒẔẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸỺỼỾ',
            'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷÿź' ||
            'żžǎǐǒǔǖǘǚǜǟǡǣǥǧǩǫǭǯǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȝȟȣȥȧȩȫȭȯȱȳάέήίόύώαβγδεζηθικλμνξοπρστυφχψωϊϋѐёђѓєѕіїј' ||
            'љњћќѝўџабвгдежзийклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѷѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӑӓӕӗәӛӝ' ||
            'ӟӡӣӥӧөӫӭӯӱӳӵӷӹӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡ' ||
            'ṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹỻỽỿ') END
$$;
