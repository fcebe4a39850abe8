"""Pages of reports. Each view translates in, makes one call into the domain, and translates out."""
