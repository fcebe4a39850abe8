"""Monthly tables for programs: read only, by the rule of the pages."""
