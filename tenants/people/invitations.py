"""Links that let a person in once: a client's invitation, and a new trainer's first entry.

Both are signed, bound to the tenant's schema and to what they change: an
invitation dies with the password it sets, an entry link with the log-in.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

from tenants.people.models import User
from tenants.schema import current_schema

INVITATION_AGE = timedelta(days=30)
ENTRY_AGE = timedelta(minutes=2)


def _signer(purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"people.{purpose}.{current_schema()}")


def _state(user: User) -> str:
    """What the link must find unchanged: using it changes this."""
    login = user.last_login.isoformat() if user.last_login else "-"
    # The hash's tail is enough to tell two passwords apart and gives nothing away.
    return f"{user.password[-12:]}|{login}"


def _token(purpose: str, user: User) -> str:
    return _signer(purpose).sign_object([user.pk, _state(user)])


def _user(purpose: str, token: str, age: timedelta) -> User | None:
    try:
        pk, state = _signer(purpose).unsign_object(token, max_age=age)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and _state(user) == state else None


def invitation_token(client: User) -> str:
    """A link's token for a client to choose a password with."""
    return _token("invitation", client)


def invited(token: str) -> User | None:
    """The client an invitation is for; ``None`` where it is forged, used or too old."""
    user = _user("invitation", token, INVITATION_AGE)
    return user if user is not None and not user.is_staff else None


def entry_token(owner: User) -> str:
    """A token that logs a new trainer in on the new site."""
    return _token("entry", owner)


def entering(token: str) -> User | None:
    """The trainer an entry link is for."""
    user = _user("entry", token, ENTRY_AGE)
    return user if user is not None and user.is_staff else None
