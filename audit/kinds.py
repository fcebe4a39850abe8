"""The closed vocabulary of the trail. Each kind has a sentence in audit/sentences.py (a test holds it)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    SIGN_IN = "SIGN_IN", _("Signed in")
    SIGN_IN_FAILED = "SIGN_IN_FAILED", _("Sign-in failed")
    SIGN_OUT = "SIGN_OUT", _("Signed out")
    QUICK_EXIT = "QUICK_EXIT", _("Left quickly")
    REFUSED = "REFUSED", _("Refused")
    FAILED = "FAILED", _("Failed by an error of the system")
    FILE_SEARCHED = "FILE_SEARCHED", _("Searched for files")
    FILE_LISTED = "FILE_LISTED", _("Listed files")
    FILE_READ = "FILE_READ", _("Opened a file")
    IDENTITY_READ = "IDENTITY_READ", _("Saw the identity of a person")
    FILE_OPENED = "FILE_OPENED", _("Made a file")
    FILE_MOVED = "FILE_MOVED", _("Moved a file")
    NOTE_ADDED = "NOTE_ADDED", _("Added a note")
    CONSENT_RECORDED = "CONSENT_RECORDED", _("Recorded a consent")
    FILE_CHANGED = "FILE_CHANGED", _("Changed a file")
    ACCESS_GRANTED = "ACCESS_GRANTED", _("Gave access to a file")
    ACCESS_REVOKED = "ACCESS_REVOKED", _("Ended access to a file")
    SCOPE_MENDED = "SCOPE_MENDED", _("Set right who sees which files")
    REGISTER_UPLOADED = "REGISTER_UPLOADED", _("Uploaded a register")
    REGISTER_READ = "REGISTER_READ", _("Saw rows of a register")
    REGISTER_STEP = "REGISTER_STEP", _("Did something with a register")
    REGISTER_CHECKED = "REGISTER_CHECKED", _("Checked a register")
    REGISTER_IMPORTED = "REGISTER_IMPORTED", _("Imported a register")
    REGISTER_UNDONE = "REGISTER_UNDONE", _("Took back the import of a register")
    REFERRAL_READ = "REFERRAL_READ", _("Opened a referral")
    REFERRAL_LISTED = "REFERRAL_LISTED", _("Listed referrals")
    REFERRAL_SUBMITTED = "REFERRAL_SUBMITTED", _("Asked for a referral")
    REFERRAL_MOVED = "REFERRAL_MOVED", _("Moved a referral")
    TRAIL_READ = "TRAIL_READ", _("Read the trail")
    EXPORT_ASKED = "EXPORT_ASKED", _("Asked for an export")
    EXPORT_MADE = "EXPORT_MADE", _("Made an export")
    EXPORT_TAKEN = "EXPORT_TAKEN", _("Downloaded an export")
    RIGHT_GIVEN = "RIGHT_GIVEN", _("Gave a province right")
    RIGHT_ENDED = "RIGHT_ENDED", _("Ended a province right")
    AGENCY_ADDED = "AGENCY_ADDED", _("Added an agency")
    PERSON_ADDED = "PERSON_ADDED", _("Added a member of staff")
    MEMBERSHIP_STARTED = "MEMBERSHIP_STARTED", _("Gave a role")
    MEMBERSHIP_ENDED = "MEMBERSHIP_ENDED", _("Ended a role")
    PASSWORD_CHANGED = "PASSWORD_CHANGED", _("Changed the password")
    CODES_LOADED = "CODES_LOADED", _("Loaded code lists")


class Result(models.TextChoices):
    OK = "OK", _("Done")
    REFUSED = "REFUSED", _("Refused")
    FAILED = "FAILED", _("Failed")


class Precision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "DAY", _("Exact day")
    MONTH = "MONTH", _("Month and year only")
    YEAR = "YEAR", _("Year only")
    ABOUT = "ABOUT", _("About this day")
    UNKNOWN = "UNKNOWN", _("Not known")
