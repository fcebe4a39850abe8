# Everything is done by config/local, which needs nothing but Python 3.11, 3.12 or 3.13.
# `make run PORT=8001`, `make test ARGS="-k intake"`.

PYTHON ?= python3
LOCAL = $(PYTHON) config/local
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run people code test torture bench asvs sbom weaknesses check fix reset stop env lock

help:  ## these lines
	@$(LOCAL) --help

run:  ## start the site
	@PORT="$(PORT)" $(LOCAL) run

code:
	@$(LOCAL) code --who=$(call quoted,$(WHO))

test:
	@$(LOCAL) test --arguments=$(call quoted,$(ARGS))

torture:
	@$(LOCAL) torture --arguments=$(call quoted,$(ARGS))

bench:
	@$(LOCAL) bench --arguments=$(call quoted,$(ARGS))

people asvs sbom weaknesses check fix reset stop env:
	@$(LOCAL) $@

lock:
	@$(LOCAL) lock --arguments=$(call quoted,$(ARGS))

# One word for the shell, whatever quotes it holds.
quoted = '$(subst ','\'',$(1))'
