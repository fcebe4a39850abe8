"""An exporter whose file lacks a line that was counted, as after a full disk or a cut connection."""

from audit.export import Trail


class Short(Trail):
    def count(self):
        return super().count() + 1
