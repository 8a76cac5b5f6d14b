-- Collections, items with their search index, assets, objects, profiles and lineage.

CREATE TABLE collection (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    stac_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    color TEXT,
    show_on_map BIGINT NOT NULL,
    layer_order BIGINT NOT NULL,
    auto_created BIGINT NOT NULL,
    source_type TEXT,
    source_id TEXT,
    document TEXT NOT NULL,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX collection_stac_id ON collection (project_id, stac_id) WHERE deleted_at IS NULL;
CREATE INDEX collection_organization ON collection (organization_id, project_id) WHERE deleted_at IS NULL;

CREATE TABLE item (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    project_no BIGINT NOT NULL,
    project_id TEXT NOT NULL,
    collection_no BIGINT NOT NULL,
    collection_id TEXT,
    stac_id TEXT NOT NULL,
    type TEXT NOT NULL,
    west DOUBLE PRECISION,
    south DOUBLE PRECISION,
    east DOUBLE PRECISION,
    north DOUBLE PRECISION,
    datetime BIGINT,
    start_datetime BIGINT,
    end_datetime BIGINT,
    cloud_cover DOUBLE PRECISION,
    gsd DOUBLE PRECISION,
    name TEXT NOT NULL,
    lifecycle_state TEXT NOT NULL,
    expires_at BIGINT,
    archived_at BIGINT,
    previous_version_id TEXT,
    duplicated_from_id TEXT,
    order_id TEXT,
    upload_id TEXT,
    job_id TEXT,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    description TEXT,
    record TEXT NOT NULL,
    properties TEXT NOT NULL,
    geometry TEXT,
    stac_extensions TEXT NOT NULL,
    facts TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE UNIQUE INDEX item_stac_id ON item (project_no, collection_no, stac_id) WHERE deleted_at IS NULL;
CREATE INDEX item_duplicated_from ON item (duplicated_from_id) WHERE duplicated_from_id IS NOT NULL;
CREATE INDEX item_expiry ON item (expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX item_deleted ON item (deleted_at) WHERE deleted_at IS NOT NULL;

-- One narrow row a live item: what a search filters and sorts by. `shape`: 0 nowhere, 1 exactly its box, 2 an outline.
-- `place`: roughly where and when in one number, for the indexes that cannot hold all of it (src/catalog/place.hpp).
CREATE TABLE item_key (
    no INTEGER PRIMARY KEY,
    project_no BIGINT NOT NULL,
    collection_no BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    id TEXT NOT NULL,
    t_start BIGINT,
    t_end BIGINT,
    west DOUBLE PRECISION,
    south DOUBLE PRECISION,
    east DOUBLE PRECISION,
    north DOUBLE PRECISION,
    shape BIGINT NOT NULL,
    type TEXT NOT NULL,
    cloud_cover DOUBLE PRECISION,
    gsd DOUBLE PRECISION,
    name TEXT NOT NULL,
    place BIGINT
);
CREATE INDEX item_key_created ON item_key (project_no, created_at, id, t_start, t_end, west, south, east, north,
    shape, collection_no, type, cloud_cover);
CREATE INDEX item_key_time ON item_key (project_no, t_start, id, t_end, west, south, east, north, shape,
    collection_no, type, cloud_cover, created_at);
CREATE INDEX item_key_collection ON item_key (project_no, collection_no, created_at, id);
CREATE INDEX item_key_updated ON item_key (project_no, updated_at, id, place);
CREATE INDEX item_key_cloud_cover ON item_key (project_no, cloud_cover, id, place);
CREATE INDEX item_key_gsd ON item_key (project_no, gsd, id, place);
CREATE INDEX item_key_name ON item_key (project_no, name, id, place);

-- Outlines of the items whose shape is 2.
CREATE TABLE item_outline (
    no INTEGER PRIMARY KEY,
    outline BLOB NOT NULL
);

-- Where and when: degrees, units of thirty days since 1970 (of a weight with degrees: the tree splits where it is
-- widest), the project as a fourth axis that keeps tenants apart, and cloud cover as a fifth, too short for the tree to
-- split along it: a search reads its order from there. An item that crosses the antimeridian has two boxes: 2 * no and
-- 2 * no + 1.
CREATE VIRTUAL TABLE item_box USING rtree (box, west, east, south, north, time_from, time_to, tenant_from, tenant_to,
    cloud_from, cloud_to);

-- Live items of a collection (0: of none) and the number of changes; several rows so that writers do not queue.
-- `created_slack`: by how much an item may have been created before one that was inserted earlier.
CREATE TABLE item_tally (
    project_no BIGINT NOT NULL,
    collection_no BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    items BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    longest_span BIGINT NOT NULL,
    created_slack BIGINT NOT NULL,
    PRIMARY KEY (project_no, collection_no, slot)
);

CREATE TABLE object (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL,
    blob_key TEXT NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    md5 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    refs BIGINT NOT NULL CHECK (refs >= 0),
    created_at BIGINT NOT NULL,
    released_at BIGINT
);
CREATE INDEX object_released ON object (released_at) WHERE released_at IS NOT NULL;

CREATE TABLE asset (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    item_id TEXT NOT NULL REFERENCES item (id),
    asset_key TEXT NOT NULL,
    object_id TEXT REFERENCES object (id),
    href TEXT,
    file_name TEXT NOT NULL,
    title TEXT,
    media_type TEXT NOT NULL,
    roles TEXT NOT NULL,
    file_size_bytes BIGINT,
    checksum TEXT,
    band_names TEXT,
    data_type TEXT,
    nodata TEXT,
    statistics TEXT,
    facts TEXT NOT NULL,
    is_rendition BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX asset_key_of_item ON asset (item_id, asset_key) WHERE deleted_at IS NULL;
CREATE INDEX asset_item ON asset (item_id, created_at, id);
CREATE INDEX asset_object ON asset (object_id);
CREATE INDEX asset_counted ON asset (organization_id, object_id) WHERE deleted_at IS NULL AND is_rendition = 0;

CREATE TABLE visualization_profile (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL,
    item_id TEXT NOT NULL REFERENCES item (id),
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    layer TEXT NOT NULL,
    config TEXT NOT NULL,
    asset_key TEXT,
    is_default BIGINT NOT NULL,
    sort_order BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX visualization_profile_item ON visualization_profile (item_id, sort_order, created_at, id);
CREATE UNIQUE INDEX visualization_profile_default ON visualization_profile (item_id) WHERE is_default = 1;

CREATE TABLE provenance_edge (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL,
    src_type TEXT NOT NULL,
    src_id TEXT NOT NULL,
    dst_type TEXT NOT NULL,
    dst_id TEXT NOT NULL,
    relation TEXT NOT NULL,
    invocation_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX provenance_edge_src ON provenance_edge (organization_id, src_id, src_type, dst_id, dst_type,
    relation);
CREATE INDEX provenance_edge_dst ON provenance_edge (organization_id, dst_id, dst_type);
