"""Files by the hundred thousand, in the same shares as the story loader's and through the same walls.

`calendar` says what happens on which day, `rows` writes a file's records down, `days` brings a day's into the
database by COPY, with every trigger on, and `crowd` lets several processes do that at once.
"""
