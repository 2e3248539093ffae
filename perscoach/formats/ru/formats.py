"""Russian: a day stands before its month in the genitive, "5 декабря"."""

MONTH_DAY_FORMAT = "j E"
