"""Second factors: the telephone that shows codes, and backup codes on paper for when it is lost.

A curator has one telephone: that which they set up last. It counts once a code of it was typed; before, it is a
device that is not confirmed, which lets nobody in.
"""

from base64 import b32encode
from io import BytesIO

import qrcode
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

BACKUP_CODES = 10
PHONE, PAPER = "Telephone", "Backup codes"


def has_factor(user: User) -> bool:
    """Whether somebody can give a second factor."""
    devices = (TOTPDevice, StaticDevice)
    return any(device.objects.filter(user=user, confirmed=True).exists() for device in devices)


def begun(user: User) -> TOTPDevice | None:
    """Return the telephone that somebody is setting up, None where they are not."""
    return TOTPDevice.objects.filter(user=user, confirmed=False, name=PHONE).order_by("-pk").first()


@transaction.atomic
def begin(user: User) -> TOTPDevice:
    """Begin to set up a telephone, with a new secret; what was begun before is forgotten."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name=PHONE, confirmed=False)


@transaction.atomic
def confirm(device: TOTPDevice, code: str) -> bool:
    """Let a telephone count if this is its code now, in place of any other that the person had."""
    device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
    if not device.verify_token(code):
        return False
    TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save()
    return True


def picture(device: TOTPDevice) -> bytes:
    """Return the secret of a telephone as a QR code: an SVG image, without styles or scripts."""
    code = qrcode.make(device.config_url, image_factory=SvgPathFillImage, box_size=10, border=4)
    file = BytesIO()
    code.save(file)
    return file.getvalue()


def typed_secret(device: TOTPDevice) -> str:
    """Return the secret of a telephone to be typed by hand, in groups of four letters."""
    secret = b32encode(device.bin_key).decode()
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@transaction.atomic
def new_backup_codes(user: User) -> list[str]:
    """Return new backup codes, to be shown once; those of before open nothing any more, and end no session."""
    StaticToken.objects.filter(device__user=user).delete()
    device = StaticDevice.objects.filter(user=user, confirmed=True).order_by("-pk").first()
    device = device or StaticDevice.objects.create(user=user, name=PAPER)
    codes: set[str] = set()
    while len(codes) < BACKUP_CODES:
        codes.add(StaticToken.random_token())
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return sorted(codes)


def backup_codes_left(user: User) -> int:
    """Return how many backup codes somebody has left."""
    return int(StaticToken.objects.filter(device__user=user, device__confirmed=True).count())


@transaction.atomic
def remove_factors(user: User) -> None:
    """Take the telephone and the backup codes from an account; sessions that they opened end."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
