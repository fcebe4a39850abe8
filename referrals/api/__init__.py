"""Referrals for programs: the same rule, the same acts, the same reads on the trail."""
