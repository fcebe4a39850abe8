"""Khmer: dates as official letters write them, figures with Arabic digits as forms of the ministries do."""

DATE_FORMAT = "ថ្ងៃទីj ខែF ឆ្នាំY"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "ថ្ងៃទីj ខែF ឆ្នាំY ម៉ោង H:i"
YEAR_MONTH_FORMAT = "ខែF ឆ្នាំY"
MONTH_DAY_FORMAT = "ថ្ងៃទីj ខែF"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
FIRST_DAY_OF_WEEK = 1

# Day before month, always; the first is also how a field shows what it holds.
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
