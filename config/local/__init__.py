"""The launcher behind `make`: one machine, one clone, the real PostgreSQL and the real Valkey.

Only the standard library is imported before the virtual environment stands, and `config/__init__`
never is: `python3 config/local <command>` must work on a machine that has nothing but Python.
"""
