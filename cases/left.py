"""Access that was given to a person rests on the posts which they held then (docs/who-sees-a-file.md).

A trigger on the posts ends it in the very act that ends or gives one, whoever writes (migration 0013): so no post that
begins later brings any of it back. What ends by its date is ended here, by the clock.
"""

from django.db import connection, transaction


@transaction.atomic
def end_what_was_left() -> int:
    """End every grant to a person who holds none of the posts any more that they held when it was given, and hand every
    file for named people only whose worker has left to the national desk. Each has its event. How many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_end_what_was_left(NULL)")
        (done,) = cursor.fetchone()
    return int(done)
