"""Uploads stay in memory: Django would put what is longer than a few megabytes into a file, in clear."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.urls import reverse

from .reading import BIGGEST

#: What the rest of a form may add to the file.
AROUND = 64 * 1024


class InMemory(MemoryFileUploadHandler):
    """Takes what is small enough and lets the rest pass by unread: the page then says that it is too big."""

    def handle_raw_input(
        self, input_data: Any, meta: dict[str, Any], content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        is_register = self.request is not None and self.request.path == reverse("cases:registers")
        limit = BIGGEST + AROUND if is_register else settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        self.activated = content_length <= limit
