"""Several commands of manage.py in one process: loading Django takes longer than most of them.

python -m config.local.several load_places load_codes
"""

import os
import sys


def main(names: list[str]) -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for name in names:
        call_command(name)


if __name__ == "__main__":
    main(sys.argv[1:])
