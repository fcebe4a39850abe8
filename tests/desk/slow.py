"""An exporter that never comes to its end: every row is read, and then the same again waits for ever."""

from audit.columns import Rows
from audit.export import Trail


class Slow(Trail):
    def rows(self):
        rows = super().rows()
        again = f"SELECT e.* FROM (SELECT pg_sleep(600) OFFSET 0) AS s, ({rows.sql}) AS e"
        return Rows(f"({rows.sql}) UNION ALL ({again})", [*rows.params, *rows.params], rows.columns)
