"""Forms of signing in and of running the place. They translate and validate; actions write."""

from .sign_in import SignInForm

__all__ = ["SignInForm"]
