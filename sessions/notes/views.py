"""The studio's addresses of notes, and that of a voice, which the client has as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from processing.media import serve
from sessions.access import note_to_change, note_voice_to_read
from sessions.models import WorkoutSession
from sessions.notes import services
from sessions.notes.drawing import NoteError, read_note
from sessions.notes.models import Note
from sessions.notes.page import films_of, notes_of, shown
from sessions.notes.voice import Voice, encode_voice
from tenants.people.models import User


def _refused(error: NoteError) -> JsonResponse:
    return JsonResponse({"code": error.code, "detail": error.words}, status=400)


def _posted_voice(request: HttpRequest) -> Voice | None:
    upload = request.FILES.get("voice")
    # A form field of this name is no file; several files, the last counts.
    if upload is None or upload.size is None:
        return None
    return encode_voice(upload, upload.size)


class NoteViews:
    """Mixed into the admin of sessions: only who may change a session may write notes."""

    if TYPE_CHECKING:

        def _session(self, request: HttpRequest, pk: UUID) -> WorkoutSession: ...

        def _session_to_change(self, request: HttpRequest, pk: UUID) -> WorkoutSession: ...

    def note_views(self) -> list[tuple[str, Any, str]]:
        """Routes below a session: route, view, name."""
        return [
            ("<uuid:pk>/report/notes/", self.report_notes, "report_notes"),
            ("<uuid:pk>/report/notes/<int:note>/", self.report_note, "report_note"),
            (
                "<uuid:pk>/report/notes/<int:note>/restore/",
                self.report_note_restore,
                "report_note_restore",
            ),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def report_notes(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """All notes of a session, or one more."""
        if request.method != "POST":
            return JsonResponse({"version": 1, "notes": notes_of(self._session(request, pk))})
        session = self._session_to_change(request, pk)
        try:
            facts = read_note(request.POST.get("note", ""))
            note = services.make_note(session, facts, _posted_voice(request))
        except NoteError as error:
            return _refused(error)
        return JsonResponse(shown(note, films_of(session)), status=201)

    @method_decorator(require_http_methods(["POST", "DELETE"]))
    def report_note(self, request: HttpRequest, pk: UUID, note: int) -> HttpResponse:
        """Change a note, or delete it."""
        row = self._note(request, pk, note)
        if request.method == "DELETE":
            services.delete_note(row)
            return HttpResponse(status=204)
        try:
            facts = read_note(request.POST.get("note", ""))
            changed = services.change_note(
                row,
                facts,
                _posted_voice(request),
                keeps_voice=request.POST.get("voice") != "remove",
            )
        except NoteError as error:
            return _refused(error)
        return JsonResponse(shown(changed, films_of(changed.session)))

    @method_decorator(require_POST)
    def report_note_restore(self, request: HttpRequest, pk: UUID, note: int) -> HttpResponse:
        """Bring a deleted note back."""
        row = services.restore_note(self._note(request, pk, note, deleted=True))
        return JsonResponse(shown(row, films_of(row.session)))

    def _note(self, request: HttpRequest, pk: UUID, note: int, *, deleted: bool = False) -> Note:
        return note_to_change(self._session_to_change(request, pk), note, deleted=deleted)


@require_safe
@login_required
def voice(request: HttpRequest, session_id: UUID, note: int) -> HttpResponseBase:
    """A note's voice, with ranges: for the client it is meant for, and for the trainer."""
    found = note_voice_to_read(cast(User, request.user), session_id, note)
    return serve(
        request,
        found.voice,
        "audio/mp4",
        etag=found.voice_sha256,
        download_name=f"{found.created_at:%Y-%m-%d} {found.pk}.m4a",
        # The trainer may record it anew.
        lasting=False,
    )
