"""What a template of the client's app needs to know."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from sessions.pwa import key_of

register = template.Library()


@register.simple_tag(takes_context=True)
def user_key(context: RequestContext) -> str:
    """Whose page it is, as browsers know them; empty for nobody."""
    return key_of(context["request"])
