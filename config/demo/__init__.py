"""Demonstration data: invented people, agencies, files and referrals, made by the real actions.

Nothing here is used outside a cluster that was made and marked for demonstration (settings.DEMO).
"""
