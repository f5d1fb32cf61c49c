"""How a file that somebody sends is received."""

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST = 12 * 1024 * 1024


class InMemory(FileUploadHandler):
    """Keep what is sent in memory: no file of a person lies unencrypted on a disk.

    Of more than fits, over all files of the request, only the length is kept, for the form to say.
    """

    def __init__(self, request=None):
        super().__init__(request)
        self.sent = 0

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        self.sent += len(raw_data)
        if self.sent <= MOST:
            self.kept.write(raw_data)

    def file_complete(self, file_size):
        self.kept.seek(0)
        return InMemoryUploadedFile(
            file=self.kept if self.sent <= MOST else BytesIO(),
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
