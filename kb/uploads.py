"""How files are taken that curators send: never more than any page of ours reads, whatever is sent."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

#: where a request says that what was sent was too large, and dropped
TOO_LARGE = "kb.upload_too_large"


class BoundedUpload(FileUploadHandler):
    """Passes files on to the next handler, until all files of a request together are too large: then drops the rest."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT:
            assert self.request is not None  # noqa: S101 (Django gives each handler its request)
            self.request.META[TOO_LARGE] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
