"""Invitations to an organization. Contract: extensions.md Catalog, `users.invite`."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from support.answers import faulty_fields, problem
from support.api import Api


def invite(api: Api, email: str, **terms) -> dict:
    """Invites somebody to the client's organization."""
    return api.call("users.invite", {"organization_id": api.organization, "email": email, **terms})


def test_an_invitation_is_a_link_that_is_good_for_72_hours(own):
    """[extensions.md]"""
    made = invite(own, "ada@example.test")
    assert made["url"].startswith(own.base_url + "/")
    left = datetime.fromisoformat(made["expires_at"]) - datetime.now(timezone.utc)
    assert timedelta(hours=71, minutes=55) < left <= timedelta(hours=72)
    assert invite(own, "ada@example.test")["url"] != made["url"]


def test_a_repeat_under_an_idempotency_key_shows_the_same_link(own):
    """[section 6.3]"""
    body = {"organization_id": own.organization, "email": "ben@example.test"}
    answers = [own.op("users.invite", body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("email", ["", "ada", "@example.test", "ada@", "a b@example.test", "a\n@example.test",
                                   "a@" + "x" * 260])
def test_an_address_that_is_none_is_a_fault_of_its_field(own, email):
    """[extensions.md]"""
    assert faulty_fields(own.op("users.invite", {"organization_id": own.organization, "email": email})) == {"email"}


def test_the_guards_of_an_invitation(own, neighbour, new_user):
    """[extensions.md]"""
    named = {"organization_id": own.organization, "email": "eve@example.test"}
    problem(own.op("users.invite", named | {"organization_id": neighbour.organization}), 404)
    problem(own.op("users.invite", named | {"project_id": neighbour.project}), 404)
    problem(own.op("users.invite", named | {"role": "owner"}), 403)
    assert faulty_fields(own.op("users.invite", named | {"role": "king"})) == {"role"}
    assert faulty_fields(own.op("users.invite", named | {"project_role": "editor"})) == {"project_role"}
    assert faulty_fields(own.op("users.invite", named | {"project_id": own.project, "project_role": "owner"})) == \
        {"project_role"}
    new_user(own, "member")
    problem(own.op("users.invite", named | {"email": f"MEMBER@{own.organization}.test"}), 409)
    invite(own, "eve@example.test", project_id=own.project, project_role="viewer", role="admin")
