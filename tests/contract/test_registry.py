"""What the pipeline does for every operation alike. Contract: sections 1, 2.1, 4 and 5."""

from __future__ import annotations

import pytest

from support.answers import faults, faulty_fields, problem
from support.api import Api
from support.contract import ILL_TYPED, OPERATIONS, World, alias, make_world, minimal_body, required_fields

REQUIRING = [operation for operation in OPERATIONS if required_fields(operation)]
WITH_FIELDS = [operation for operation, entry in OPERATIONS.items() if entry["input"]]
#: Operations whose required fields name something of a tenant.
TENANT_FIELDS = {"project_id", "item_id", "collection_id", "upload_id", "key_id", "organization_id", "entity_id", "profile_id"}
OF_A_TENANT = [operation for operation in REQUIRING if TENANT_FIELDS & set(required_fields(operation))]
FREE_FORM = {operation for operation, entry in OPERATIONS.items() if entry.get("free_form")}


@pytest.fixture(scope="module")
def world(admin: Api) -> World:
    """Resources of the first organization."""
    return make_world(admin.new_project())


@pytest.fixture(scope="module")
def foreign(neighbour: Api) -> World:
    """Resources of another organization."""
    return make_world(neighbour.new_project())


@pytest.fixture(scope="module")
def scopeless(server, admin: Api) -> Api:
    """A key with a scope that no operation of the table asks for."""
    return admin.with_key(server.installation.key(admin.organization, "Scopeless", "shares:read"))


@pytest.mark.parametrize("operation", [name for name, told in OPERATIONS.items() if not told.get("public")])
@pytest.mark.parametrize("path", [lambda op: f"/v1/op/{op}", alias], ids=["dotted", "alias"])
def test_a_call_without_credentials_is_401(admin, operation, path):
    """[A012, section 5]"""
    answer = admin.with_key(None).http.post(path(operation), json={})
    problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_what_is_public_needs_no_credentials_but_takes_no_wrong_ones(admin):
    """[section 2.1]"""
    nobody = admin.with_key(None)
    known = nobody.call("processing.catalog.list")["processes"]
    assert known and nobody.call("processing.catalog.get", {"process_id": known[0]["id"]})["id"] == known[0]["id"]
    problem(nobody.op("processing.catalog.get", {"process_id": "none"}), 404)
    problem(admin.with_key("gpra_" + "A" * 43).op("processing.catalog.list"), 401)


@pytest.mark.parametrize("header", [{"Authorization": "Bearer gpra_" + "A" * 43}, {"Authorization": "Bearer"},
                                    {"Authorization": "Basic Zm9vOmJhcg=="}, {"X-API-Key": "nonsense"},
                                    {"Authorization": "Bearer a.b.c"}, {"X-API-Key": ""}])
def test_a_bad_credential_is_401(admin, header):
    """[section 2.1]"""
    problem(admin.with_key(None).http.post("/v1/op/api_keys.list", json={}, headers=header), 401)


def test_authentication_comes_before_validation(admin):
    """[section 4]"""
    problem(admin.with_key(None).http.post("/v1/op/items.get", content=b"{not json"), 401)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_credential_without_the_scope_is_403_and_named(scopeless, operation):
    """[A010, A011, A089, section 3.1]"""
    body = problem(scopeless.op(operation, {"nonsense": 1}), 403)
    assert body["detail"] == f"missing scope '{OPERATIONS[operation]['scope']}' for '{operation}'"


@pytest.mark.parametrize(("scopes", "allowed"), [(["items:read"], True), (["items:*"], True), (["*:read"], True),
                                                 (["items:write"], False), (["collections:*"], False)])
def test_scopes_are_granted_exactly_or_by_wildcard(server, admin, api, scopes, allowed):
    """[section 3.1]"""
    key = server.installation.key(admin.organization, "Some scopes", *scopes)
    answer = api.with_key(key).op("items.list", {"project_id": api.project})
    assert answer.status_code == (200 if allowed else 403), answer.text


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_key_in_the_x_api_key_header_is_as_good_as_a_bearer_token(admin, operation):
    """[section 2.1]"""
    answer = admin.with_key(None).op(operation, {"limit": "bad"}, headers={"X-API-Key": admin.key})
    assert answer.status_code not in (401, 403), answer.text


def test_the_authorization_header_wins_over_x_api_key(admin):
    """[section 2.1]"""
    answer = admin.with_key(None).op("api_keys.list", {}, headers={"Authorization": "Bearer gpra_wrong",
                                                                   "X-API-Key": admin.key})
    problem(answer, 401)


@pytest.mark.parametrize("operation", OF_A_TENANT)
def test_a_foreign_tenants_ids_are_404(world, foreign, operation):
    """[section 3.2, design section 12]"""
    problem(world.api.op(operation, minimal_body(operation, foreign)), 404)


@pytest.mark.parametrize("operation", OF_A_TENANT)
def test_unknown_ids_are_404_whatever_their_form(world, operation):
    """[section 5, conflict C15]"""
    for strange in ("nothing", "it_00000000000000000000000000", "0", "ä/../'\"; --", "x" * 300):
        body = minimal_body(operation, world)
        body |= {name: strange for name in body if name in TENANT_FIELDS}
        problem(world.api.op(operation, body), 404)


@pytest.mark.parametrize("operation", [op for op in REQUIRING if op not in FREE_FORM])
def test_missing_fields_are_reported_all_at_once(admin, operation):
    """[A003, A059, A060, A061, A065, A081, A102, section 5]"""
    for body in (b"{}", b"null", b"", b"  \n"):
        answer = admin.http.post(f"/v1/op/{operation}", content=body, headers={"Content-Type": "application/json"})
        found = faults(answer)
        assert set(found) == {(name,) for name in required_fields(operation)}
        assert {entry["type"] for entry in found.values()} == {"missing"}


@pytest.mark.parametrize("operation", WITH_FIELDS)
def test_ill_typed_fields_are_reported_all_at_once(admin, operation):
    """[A104, A108, section 5]"""
    fields = {name: field for name, field in OPERATIONS[operation]["input"].items() if "type" in field}
    answer = admin.op(operation, {name: ILL_TYPED[field["type"]] for name, field in fields.items()})
    assert faulty_fields(answer) == set(fields)


@pytest.mark.parametrize("operation", [op for op in WITH_FIELDS if op not in FREE_FORM])
def test_null_is_refused_exactly_where_a_field_is_not_nullable(admin, operation):
    """[A057, section 1.2]"""
    fields = OPERATIONS[operation]["input"]
    refused = {name for name, field in fields.items() if not field.get("nullable")}
    answer = admin.op(operation, dict.fromkeys(fields))
    if refused:
        assert faulty_fields(answer) == refused
    else:
        assert answer.status_code == 200, answer.text


def out_of_bounds() -> list:
    """(operation, field, value) for every bound of the contract."""
    cases = []
    for operation, entry in OPERATIONS.items():
        for name, field in entry["input"].items():
            if "minimum" in field:
                cases.append((operation, name, field["minimum"] - 1))
            if "maximum" in field:
                cases.append((operation, name, field["maximum"] + 1))
            if "exclusiveMinimum" in field:
                cases.append((operation, name, field["exclusiveMinimum"]))
            if field.get("minLength"):
                cases.append((operation, name, ""))
            if "maxLength" in field:
                cases.append((operation, name, "x" * (field["maxLength"] + 1)))
            if "enum" in field:
                cases.append((operation, name, "no such value"))
            if field.get("type") == "integer":
                cases += [(operation, name, 1.5), (operation, name, 2**63), (operation, name, 2**70), (operation, name, True)]
    return cases


@pytest.mark.parametrize(("operation", "name", "value"), out_of_bounds(),
                         ids=lambda value: str(value)[:40].replace("/", "_"))
def test_a_value_out_of_bounds_is_a_fault_of_its_field(world, operation, name, value):
    """[A054, A055, C26, section 1.2 and operations.json]"""
    answer = world.api.op(operation, minimal_body(operation, world) | {name: value})
    assert set(faults(answer)) == {(name,)}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_are_none_are_refused(api, number):
    """[section 1.2]"""
    body = f'{{"project_id": "{api.project}", "type": "user_raster", "name": "n", "gsd": {number}}}'
    answer = api.http.post("/v1/op/items.create", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text


def test_a_number_without_fraction_is_an_integer(api):
    """[section 1.2]"""
    body = f'{{"project_id": "{api.project}", "limit": 10.0, "offset": 0.0}}'
    answer = api.http.post("/v1/op/items.list", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_body_that_is_no_object_is_422_at_the_body(admin, operation):
    """[section 1.2]"""
    for body in ("[]", '"text"', "7", "true"):
        answer = admin.http.post(f"/v1/op/{operation}", content=body, headers={"Content-Type": "application/json"})
        assert set(faults(answer)) == {()}


@pytest.mark.parametrize("body", [b"{", b'{"a": }', b"\xff\xfe", b'{"a": "\xff"}', b"{} trailing", b"[" * 100_000])
def test_malformed_json_is_400(admin, body):
    """[section 1.2]"""
    answer = admin.http.post("/v1/op/items.list", content=body, headers={"Content-Type": "application/json"})
    problem(answer, 400)


def test_a_json_body_beyond_the_limit_is_413(admin):
    """[section 1.2]"""
    body = b'{"project_id": "' + b"x" * (10 << 20) + b'"}'
    answer = admin.http.post("/v1/op/items.list", content=body, headers={"Content-Type": "application/json"})
    problem(answer, 413)


def test_a_json_body_of_too_many_values_is_413(api):
    """[section 1.2: a tree of values takes many times its text]"""
    body = b'{"item_id": "x", "more": [' + b"0," * 600_000 + b"0]}"
    problem(api.http.post("/v1/op/items.get", content=body), 413)
    text = b'{"item_id": "x", "more": "' + b"0," * 600_000 + b'"}'
    problem(api.http.post("/v1/op/items.get", content=text), 404)


def test_the_largest_geometry_is_not_too_many_values(api):
    """[section 1.2]"""
    ring = [[index / 1000, 0, 0] for index in range(17_000)] + [[50, 50, 0], [0, 0, 0]]
    assert api.create_item(geometry={"type": "Polygon", "coordinates": [ring]})["bbox"][3] == 50


def test_complete_takes_no_large_body(api):
    """[section 1.2: an ingest of minutes holds no memory of its request]"""
    problem(api.op("uploads.complete", {"upload_id": "u_missing", "more": "x" * 70_000}), 413)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_405_with_allow(admin, operation, method):
    """[A141, section 1.1]"""
    for path in (f"/v1/op/{operation}", alias(operation)):
        answer = admin.http.request(method, path)
        problem(answer, 405)
        assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/v1/op/no.such", "/v1/op/", "/v1/no/such", "/v1/op/items", "/v1/op/items.get/",
                                  "/v1/items.get", "/v1/op/ITEMS.GET", "/items", "/v2/op/items/get"])
def test_an_unknown_path_is_a_404_problem(admin, path):
    """[A141, section 1.1]"""
    problem(admin.http.post(path, json={}), 404)


def test_every_answer_names_its_request(admin):
    """[section 4]"""
    answers = [admin.op("api_keys.list"), admin.op("items.get"), admin.with_key(None).op("items.get")]
    names = [answer.headers["x-request-id"] for answer in answers]
    assert all(names) and len(set(names)) == len(names)


def test_scopes_in_a_body_grant_nothing(scopeless):
    """[section 3.1]"""
    problem(scopeless.op("items.list", {"scopes": ["*"], "permissions": ["items:read"]}), 403)
