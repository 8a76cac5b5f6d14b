"""Assets of items and of collections. Contract: swisstopo.md sections 12 and 23."""

from __future__ import annotations

import pytest

from support.stac import COG, TIFF, accepted, bodiless, body_of, checksum, faulty, fetch, ids, link, refused, rels

READ_ONLY, UNEXPECTED = "Found read-only property in payload", "Unexpected property in payload"
FIXED_TYPE = "Type field cannot be edited. You need to delete and recreate the asset with the correct type"
FULL = {"title": "A note", "description": "Says something", "roles": ["metadata", "Überblick"], "proj:epsg": 2056}
OF_ITEMS = {"gsd": 2.5, "geoadmin:lang": "rm", "geoadmin:variant": "krel 25"}
HREF = "https://files.example/data/note.txt"
TYPES = {
    "application/vnd.apache.parquet": "parquet", "application/x.ascii-grid+zip": "zip", "application/x.ascii-xyz+zip": "zip",
    "application/x.e00+zip": "zip", "application/x.geotiff+zip": "zip", TIFF: "tiff tif", "application/x.tiff+zip": "zip",
    "application/x.png+zip": "zip", "application/x.jpeg+zip": "zip", "application/vnd.google-earth.kml+xml": "kml",
    "application/vnd.google-earth.kmz": "kmz", "application/x.dxf+zip": "zip", "application/gml+xml": "gml xml",
    "application/x.gml+zip": "zip",
    "application/vnd.las": "las", "application/vnd.laszip": "laz zip", "application/x.vnd.las+zip": "zip",
    "application/vnd.laszip+copc": "zip laz",
    "application/x.shapefile+zip": "zip", "application/x.filegdb+zip": "zip", "application/x.filegdbp+zip": "zip",
    "application/x.ms-access+zip": "zip",
    "application/x.ms-excel+zip": "zip", "application/x.tab+zip": "zip", "application/x.tab-raster+zip": "zip",
    "application/x.csv+zip": "zip",
    "text/csv": "csv", "application/geopackage+sqlite3": "gpkg", "application/x.geopackage+zip": "zip",
    "application/geo+json": "json geojson",
    "application/x.geojson+zip": "zip", "application/x.interlis; version=2.3": "xtf xml", "application/x.interlis+zip; version=2.3": "zip",
    "application/x.interlis; version=2.4": "xtf xml", "application/x.interlis+zip; version=2.4": "zip",
    "application/x.interlis; version=1": "itf",
    "application/x.interlis+zip; version=1": "zip", COG: "tiff tif", "application/pdf": "pdf", "application/x.pdf+zip": "zip",
    "application/json": "json",
    "application/x.json+zip": "zip", "application/x-netcdf": "nc", "application/x.netcdf+zip": "zip", "application/xml": "xml",
    "application/x.xml+zip": "zip", "application/vnd.mapbox-vector-tile": "mbtiles", "text/plain": "txt", "text/x.plain+zip": "zip",
    "application/x.dwg+zip": "zip", "application/zip": "zip", "image/tiff": "tiff tif", "image/jpeg": "jpeg jpg", "image/png": "png",
    "application/vnd.sqlite3": "sqlite", "application/grib": "grib grib2", "application/x-hdf5": "h5", "application/x.aixm": "aixm",
    "application/x.aixm+zip": "zip", "application/x-tar": "tar"}


def members_of(owner: str) -> dict:
    """All that an asset of this owner may say."""
    return FULL | (OF_ITEMS if "/items/" in owner else {})


def test_put_creates_and_then_updates(stac, anonymous, owner):
    """[S75]"""
    path = f"{owner}/assets/note.txt"
    for status in (201, 200):
        answer = stac.put(path, members_of(owner))
        assert answer.status_code == status
        assert answer.headers["location"] == stac.root + path
        assert answer.json() == anonymous.read(path)


@pytest.mark.parametrize("owner_", ["/collections/none", "/collections/none/items/scene", "/collections/{c}/items/none"])
def test_an_asset_needs_what_it_belongs_to(stac, collection, owner_):
    """[S75, section 3: the parent is looked up before the body is validated]"""
    path = owner_.replace("/collections/{c}", collection) + "/assets/note.txt"
    refused(stac.put(path), 404, "Not found.")
    refused(stac.put(path, {"type": None}), 404, "Not found.")


def test_the_representation(stac, owner, asset):
    """[S76, section 12]"""
    told = stac.read(asset)
    assert set(told) == {"id", "type", "href", "created", "updated", "links"}
    assert (told["id"], told["type"]) == ("note.txt", "text/plain")
    kinds = ["self", "root", "parent", "collection"] + (["item"] if "/items/" in owner else [])
    assert rels(told) == kinds
    assert link(told, "self") == stac.root + asset and link(told, "parent") == stac.root + owner
    assert link(told, "collection") == stac.root + owner.partition("/items/")[0]


def test_what_was_given_comes_back(stac, owner):
    """[section 12]"""
    given = members_of(owner)
    told = stac.read(stac.make(f"{owner}/assets/note.txt", given))
    assert {name: told[name] for name in given} == given


def test_a_resolution_is_a_float(stac, item):
    """[section 12]"""
    path = stac.make(f"{item}/assets/note.txt", {"gsd": 2})
    assert '"gsd":2.0' in stac.get(path).text.replace(" ", "")


def test_the_href_is_there_at_once_and_leads_nowhere_yet(stac, owner, asset):
    """[S76]"""
    names = asset.removeprefix("/collections/").replace("/items/", "/").replace("/assets/", "/")
    href = stac.read(asset)["href"]
    assert href == f"{stac.base_url}/{names}"
    assert fetch(href).status_code in (403, 404) and fetch(href, "HEAD").status_code in (403, 404)


@pytest.mark.parametrize("kind", TYPES)
def test_listed_types_are_good_with_their_extensions(stac, owner, kind):
    """[S77]"""
    for number, extension in enumerate(TYPES[kind].split()):
        told = stac.read(stac.make(f"{owner}/assets/a{number}.{extension}", {"type": kind}))
        assert told["type"] == kind


@pytest.mark.parametrize(("given", "told", "name"), [
    ("image/TIFF;application=geotiff; Profile=cloud-optimized", COG, "a.tif"),
    ("IMAGE/tiff;profile=cloud-optimized;APPLICATION=geotiff", COG, "a.tiff"),
    ("Text/Plain", "text/plain", "a.txt"), ("application/X.Interlis;Version=2.3", "application/x.interlis; version=2.3", "a.xtf"),
    ("image/tiff;application=geotiff", TIFF, "a.tif"), ("application/x.interlis ; version=1",
                                                        "application/x.interlis; version=1", "a.itf")])
def test_types_are_told_in_one_form(stac, item, given, told, name):
    """[S77]"""
    assert stac.read(stac.make(f"{item}/assets/{name}", {"type": given}))["type"] == told


@pytest.mark.parametrize("kind", ["text/html", "image/tiff; application=GeoTIFF", 'image/tiff; application="geotiff"',
                                  "image/tiff; application=geotiff; x=y",
                                  "application/x.interlis", "tiff", "image/", "/tiff", "text/plain; charset=utf-8", "application/octet-stream",
                                  "text/plain\r\nX-Evil: 1", "image/tiff; application"])
def test_other_types_are_400(stac, owner, kind):
    """[S77]"""
    told = faulty(stac.put(f"{owner}/assets/a.tif", {"type": kind}), "type")
    assert told["type"] == [f'Invalid media type "{kind}"']


@pytest.mark.parametrize("name", ["note", "note.", "note.exe", "note.txt.exe", "tif", ".htaccess"])
def test_an_id_ends_in_a_known_extension(stac, owner, name):
    """[S77, section 2]"""
    told = faulty(stac.http.put(f"{owner}/assets/{name}", json={"id": name, "type": "text/plain"}), "id")
    [message] = told["id"]
    assert message.startswith("Invalid id extension '") and message.endswith("', id must have a valid file extension")


@pytest.mark.parametrize(("name", "kind"), [("note.txt", "image/png"), ("note.tif", "text/plain"), ("note.zip", TIFF),
                                            ("note.xml", "application/x.interlis; version=1")])
def test_an_id_ends_in_an_extension_of_its_type(stac, owner, name, kind):
    """[S77, section 2]"""
    told = faulty(stac.put(f"{owner}/assets/{name}", {"type": kind}), "non_field_errors")
    assert told["non_field_errors"] == [f"Invalid id extension '.{name.rpartition('.')[2]}', id must match its media type {kind}"]


@pytest.mark.parametrize("name", ["Note.txt", "no te.txt", "note.TXT", "\u00fc.txt", "a" * 252 + ".txt"])
def test_ids_of_other_characters_are_400(stac, owner, name):
    """[S27]"""
    faulty(stac.http.put(f"{owner}/assets/note.txt", json={"id": name, "type": "text/plain"}), "id")


@pytest.mark.parametrize("member", ["id", "type"])
def test_what_is_required_is_told(stac, owner, member):
    """[S24 for assets]"""
    assert faulty(stac.put(f"{owner}/assets/note.txt", {member: None}), member) == {member: ["This field is required."]}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_type_is_for_ever(stac, owner, method):
    """[S78]"""
    path = stac.make(f"{owner}/assets/scene.tif", {"type": TIFF})
    change = body_of(path, {"type": COG})
    assert faulty(stac.http.request(method, path, json=change), "type") == {"type": [FIXED_TYPE]}
    assert stac.read(path)["type"] == TIFF
    accepted(stac.http.request(method, path, json=body_of(path, {"type": TIFF})))


@pytest.mark.parametrize(("member", "message"), [
    *[(name, READ_ONLY) for name in ("href", "file:checksum", "created", "updated")],
    *[(name, UNEXPECTED) for name in ("links", "spam", "checksum:multihash", "eo:gsd", "file:size")]])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_unknown_and_read_only_members_are_400(stac, asset, member, message, method):
    """[S79, S29, S104]"""
    body = body_of(asset) | {member: HREF}
    assert faulty(stac.http.request(method, asset, json=body), member) == {member: [message]}


WRONG = [("title", ""), ("title", " "), ("title", "x" * 256), ("title", 7), ("description", ""), ("description", 7),
         ("roles", "data"), ("roles", [7]),
         ("roles", ["x" * 256]), ("proj:epsg", "x"), ("proj:epsg", 2056.5), ("proj:epsg", []), ("proj:epsg", 10**30)]


@pytest.mark.parametrize(("member", "value"), WRONG)
def test_members_that_are_wrong_are_400(stac, asset, member, value):
    """[S80]"""
    before = stac.read(asset)
    faulty(stac.put(asset, {member: value}), member)
    faulty(stac.patch(asset, {member: value}), member)
    assert stac.read(asset) == before


@pytest.mark.parametrize(("member", "value"), [("gsd", "u"), ("gsd", []), ("gsd", {}), ("geoadmin:lang", "xx"),
                                               ("geoadmin:lang", "DE"), ("geoadmin:lang", 7),
                                               ("geoadmin:variant", "x" * 26), ("geoadmin:variant", "krel  25"),
                                               ("geoadmin:variant", "kr-el"), ("geoadmin:variant", ""),
                                               ("geoadmin:variant", " krel"), ("geoadmin:variant", "a_b")])
def test_members_of_item_assets_that_are_wrong_are_400(stac, item, member, value):
    """[S80]"""
    faulty(stac.put(f"{item}/assets/note.txt", {member: value}), member)


def test_a_variant_with_odd_characters_is_told_why(stac, item):
    """[section 12]"""
    told = faulty(stac.put(f"{item}/assets/note.txt", {"geoadmin:variant": "kr-el"}), "geoadmin:variant")
    assert told["geoadmin:variant"] == ['Invalid geoadmin:variant "kr-el", special characters beside one space are not allowed']


@pytest.mark.parametrize("value", ["de", "it", "fr", "rm", "en"])
def test_languages_are_good(stac, item, value):
    """[S80]"""
    assert stac.read(stac.make(f"{item}/assets/note.txt", {"geoadmin:lang": value}))["geoadmin:lang"] == value


@pytest.mark.parametrize("member", ["gsd", "geoadmin:lang", "geoadmin:variant"])
def test_assets_of_collections_have_no_such_members(stac, collection, member):
    """[S80]"""
    told = faulty(stac.put(f"{collection}/assets/note.txt", {member: OF_ITEMS[member]}), member)
    assert told[member] == [UNEXPECTED]


@pytest.mark.parametrize("case", ["create", "PUT", "PATCH"])
def test_renaming_is_refused(stac, owner, asset, case):
    """[S28]"""
    path = f"{owner}/assets/not-yet.txt" if case == "create" else asset
    answer = stac.patch(path, {"id": "another.txt"}) if case == "PATCH" else stac.put(path, {"id": "another.txt"})
    refused(answer, 400, {"id": "Renaming is not allowed"})
    assert ids(stac.read(f"{owner}/assets")["assets"]) == ["note.txt"]


def test_put_replaces(stac, owner):
    """[section 12]"""
    path = stac.make(f"{owner}/assets/note.txt", members_of(owner))
    accepted(stac.put(path, {"title": "Less"}))
    assert set(stac.read(path)) == {"id", "type", "href", "title", "created", "updated", "links"}


@pytest.mark.parametrize("change", [{"title": "New"}, {"description": "New"}, {"roles": ["data"]}, {"roles": []},
                                    {"proj:epsg": 4326}, {"title": None}, {"proj:epsg": None}, {}])
def test_patch_changes_only_what_is_given(stac, owner, change):
    """[section 12]"""
    path = stac.make(f"{owner}/assets/note.txt", members_of(owner))
    before = stac.read(path)
    told = accepted(stac.patch(path, change)).json()
    assert told == stac.read(path)
    wanted = {name: value for name, value in (before | change).items() if value not in (None, [])}
    assert told | {"updated": ""} == wanted | {"updated": ""}


def test_the_list_is_complete_and_sorted(stac, anonymous, owner):
    """[S81]"""
    names = [f"a{n:03}.txt" for n in range(120, 0, -1)] + ["a.z.txt", "a_z.txt", "a-z.txt"]
    for name in names:
        stac.make(f"{owner}/assets/{name}")
    told = anonymous.read(f"{owner}/assets", {"limit": "7"})
    assert ids(told["assets"]) == sorted(names)
    assert rels(told) == ["self", "root", "parent", "collection"] + (["item"] if "/items/" in owner else [])
    assert told["assets"][0] == anonymous.read(f"{owner}/assets/a-z.txt")


def test_the_list_of_none_is_there(anonymous, owner):
    """[section 2]"""
    assert anonymous.read(f"{owner}/assets")["assets"] == []


def test_an_asset_is_deleted_with_its_file(stac, owner, asset):
    """[S82]"""
    stac.upload(asset, b"some bytes")
    href = stac.read(asset)["href"]
    assert fetch(href).content == b"some bytes"
    told = accepted(stac.delete(asset)).json()
    assert told == {"code": 200, "description": "note.txt successfully deleted", "links": [{"rel": "parent", "href": stac.root + owner}]}
    refused(stac.get(asset), 404, "Not found.")
    refused(stac.delete(asset), 404, "Not found.")
    assert fetch(href).status_code in (403, 404)
    assert "note.txt" not in stac.read(owner)["assets"]


def test_metadata_leaves_file_and_checksum_alone(stac, asset):
    """[S82]"""
    stac.upload(asset, b"some bytes")
    before = fetch(stac.read(asset)["href"])
    accepted(stac.put(asset, {"title": "New"}))
    accepted(stac.patch(asset, {"description": "New"}))
    told = stac.read(asset)
    assert told["file:checksum"] == checksum(b"some bytes")
    after = fetch(told["href"])
    assert (after.content, after.headers["etag"]) == (b"some bytes", before.headers["etag"])


def test_a_recreated_asset_has_nothing_of_the_old_one(stac, asset):
    """[S101]"""
    stac.upload(asset, b"some bytes")
    accepted(stac.delete(asset))
    stac.make(asset)
    told = stac.read(asset)
    assert "file:checksum" not in told and fetch(told["href"]).status_code in (403, 404)
    assert stac.read(f"{asset}/uploads")["uploads"] == []


def test_assets_of_two_items_are_apart(stac, collection):
    """[S82]"""
    paths = [stac.make(f"{stac.make(f'{collection}/items/{name}')}/assets/note.txt") for name in ("one", "two")]
    own = stac.make(f"{collection}/assets/note.txt")
    for path in (*paths, own):
        stac.upload(path, path.encode())
    for path in (*paths, own):
        assert fetch(stac.read(path)["href"]).content == path.encode()
    accepted(stac.delete(paths[0]))
    for path in (paths[1], own):
        assert fetch(stac.read(path)["href"]).content == path.encode()


@pytest.mark.parametrize("prefix", ["api", "v1", "storage", "docs", "healthz"])
def test_paths_of_ours_win_over_hrefs(stac, item, prefix):
    """[extensions: our own prefixes win]"""
    assert stac.read(item)
    assert not fetch(f"{stac.base_url}/{prefix}/scene/note.txt").headers.get("x-amz-meta-sha256")


def test_head_of_an_asset_has_no_body(anonymous, asset):
    """[S5]"""
    bodiless(anonymous.get(asset, method="HEAD"), 200)
