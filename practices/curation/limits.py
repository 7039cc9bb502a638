"""How often one address may do what costs or writes something: counted in the database, for all workers.

The limits stand in `settings.LIMITS`, as (times, seconds). Of an address only a hash is kept, whose salt is another one
each day, and only for the current window of time.
"""

import ipaddress
import time

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from practices.models import RequestCount

#: of an address of version 6, the part that one household or firm has
SUBSCRIBER = 64


def seconds_to_wait(limit: str, address: str) -> int:
    """Count one more for an address; return 0 where it may go on, else the seconds until it may try again."""
    times, seconds = settings.LIMITS[limit]
    now = int(time.time())
    window = now // seconds
    RequestCount.objects.filter(limit=limit, window__lt=window).delete()
    count, _created = RequestCount.objects.get_or_create(limit=limit, origin=origin(address), window=window)
    counted = RequestCount.objects.filter(pk=count.pk, times__lt=times).update(times=F("times") + 1)
    return 0 if counted else (window + 1) * seconds - now


def origin(address: str) -> str:
    """Return what an address is known by today: 64 hexadecimal digits, from which nobody learns the address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        known = ""
    else:
        known = str(ipaddress.ip_network((parsed, SUBSCRIBER), strict=False) if parsed.version == 6 else parsed)
    return salted_hmac(f"origin {timezone.now():%Y-%m-%d}", known, algorithm="sha256").hexdigest()
