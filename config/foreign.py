"""What other sites and odd clients send: nothing of ours is loaded, embedded or sent for from elsewhere.

Browsers say with `Sec-Fetch-*` who asks; a client that says nothing is no browser and stands before the other doors.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .errors import page
from .problems import problem

#: All that a page knows; the interface for programs answers for itself.
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
#: For programs, and the one page in it that is for people.
PROGRAMS, THEIR_PAGE = "/api/", "/api/v1/"
#: Sent by the browser itself, whatever site it shows.
REPORTS = "/policy-report/"


def ours_alone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        for_programs = request.path.startswith(PROGRAMS) and request.path != THEIR_PAGE
        if for_programs and settings.SECURE_SSL_REDIRECT and not request.is_secure():
            # Led on to HTTPS it would work, and its token would go over the network in clear for ever.
            return problem(403, _("Ask over HTTPS. A token that was sent without it is to be revoked."))
        if not for_programs and request.method not in METHODS:
            answer = page(request, 405)
            answer["Allow"] = ", ".join(METHODS)
            return answer
        if _is_from_elsewhere(request):
            return page(request, 403, sentence=_("Another site asked for this, not you. Open it here."))
        return get_response(request)

    return middleware


def _is_from_elsewhere(request: HttpRequest) -> bool:
    """A link on another site may be followed; nothing else of theirs comes in."""
    if request.headers.get("Sec-Fetch-Site") not in ("cross-site", "same-site"):
        return False
    is_link = (
        request.method in ("GET", "HEAD")
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
    )
    return not is_link and request.path != REPORTS
