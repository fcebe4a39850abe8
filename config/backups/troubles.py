"""What stops a backup or a restore, as a sentence for the person at the terminal."""


class Trouble(Exception):
    """Nothing was changed, or what was begun was taken away again."""
