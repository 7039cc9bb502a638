"""Print a set-up link: for the first administrator, and for the last one who lost the password or the telephone."""

from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from practices.accounts.factors import remove_factors
from practices.accounts.set_up import lasts, set_up_path


class Command(BaseCommand):
    """`set_up_link NAME`: the link by which somebody chooses a password and sets up a telephone."""

    help = "Print a link by which a user chooses a password and, where the account has none, sets up a second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The name with which the user logs in.")
        parser.add_argument("--remove-factors", action="store_true", help="Remove a lost telephone and backup codes.")

    def handle(self, *args: object, name: str, **options: object) -> None:
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {name}.", returncode=2)
        if options["remove_factors"]:
            remove_factors(user)
        scheme = "http" if settings.LOCAL else "https"
        self.stdout.write(f"{scheme}://{settings.ALLOWED_HOSTS[0].lstrip('.')}{set_up_path(user)}")
        self.stderr.write(f"It works once, for {lasts().days} days.")
