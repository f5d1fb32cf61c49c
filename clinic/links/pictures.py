"""The address of a link as a picture a telephone reads."""

from base64 import b64encode

import qrcode
from qrcode.image.svg import SvgPathImage


def picture_of(address: str) -> str:
    """The address as a QR code, whole in the page itself: it is fetched from nowhere."""
    image = qrcode.make(address, image_factory=SvgPathImage, border=2)
    return "data:image/svg+xml;base64," + b64encode(image.to_string()).decode()
