"""Questions about people and agencies, for filters and lists."""

from .models import Agency, Province, User


def people_choices() -> list[tuple[str, str]]:
    """(id, name) of every member of staff, for filters of the trail."""
    return [(str(u.pk), u.name) for u in User.objects.order_by("full_name_km", "pk")]


def agency_choices() -> list[tuple[str, str]]:
    return [(str(a.pk), a.name) for a in Agency.objects.order_by("code", "pk")]


def province_choices() -> list[tuple[str, str]]:
    return [(str(p.pk), p.name) for p in Province.objects.order_by("pk")]


def agencies_taking_referrals() -> list[Agency]:
    return list(Agency.objects.filter(is_active=True, takes_referrals=True).order_by("code", "pk"))


def label_as_typed(text: str) -> str | None:
    """The short name of an agency or a sign-in name that exists, as the trail writes it; else None."""
    agency = Agency.objects.filter(code__iexact=text).order_by("code", "pk").first()
    if agency is not None:
        return agency.code
    person = User.objects.filter(sign_in_name__iexact=text).order_by("sign_in_name", "pk").first()
    return person.sign_in_name if person is not None else None
