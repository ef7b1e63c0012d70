# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/sh
VENV := .venv
STAMP := $(VENV)/.installed
RUN := $(VENV)/bin
JOBS ?= 2

# A Python of 3.11 or newer, whatever it is called here.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: help demo serve test lint bench bench-dead-letters bench-pages bench-watching bench-scrape screenshots test-firefox test-adapters test-rq test-celery messages chromium servers clean

help:
	@echo "make demo [PORT=8080]  embedded Valkey, sample workers, the dashboard on 127.0.0.1; FRAMEWORKS=1 adds RQ and Celery"
	@echo "make test              every check and test, on a real Valkey and a real Chromium"
	@echo "make lint              ruff, mypy --strict, import rules"
	@echo "make serve             the dashboard on the Redis of REDIS_URL, or on an embedded Valkey"
	@echo "make messages          the catalogue of words, and its translations compiled"
	@echo "make bench             benchmarks, as ratios to something measured in the same run"
	@echo "make bench-dead-letters  pages, JSON lists and requeues with up to a million dead letters"
	@echo "make bench-watching    what watching a million waiting jobs of RQ and of Celery costs their Redis"
	@echo "make bench-scrape        /metrics with 200 queues and a million jobs, beside rq-exporter"
	@echo "make test-firefox      the browser tests in the Firefox that is installed"
	@echo "make test-adapters     the adapters beside the real products alone, BullMQ and Sidekiq too"
	@echo "make test-celery       the adapter of Celery with each Celery of CELERY=\"5.3.6 5.4.0 5.5.3 5.6.3\""
	@echo "make test-rq           the adapter of RQ with each RQ of RQ=\"1.16.2 2.0.0 2.6.1 2.12.0\""
	@echo "make screenshots       docs/images/*.png of every page, from a demo of its own"
	@echo "make bench-pages         paint, layout shift, clicks, morphs and sizes of pages in Chromium"

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(STAMP)
	$(RUN)/redrive demo $(if $(PORT),--port $(PORT)) $(if $(FRAMEWORKS),--frameworks)

serve: $(STAMP)
	$(RUN)/redrive serve $(if $(PORT),--port $(PORT))

lint: $(STAMP)
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache

# The browser tests need Chromium: Debian's where we may install it, else Playwright's own.
chromium: $(STAMP)
	@$(RUN)/python -m tests.browser.chromium

# A real Prometheus scrapes the metrics and its promtool checks the rules.
servers: $(STAMP)
	@$(RUN)/python -m tests.deploy.prometheus

# Real Dramatiq, SAQ, arq, Huey and taskiq, whose workers the tests run. arq asks for a redis below 6, others for a later
# one, which arq works with as well; so it is installed without what it asks for.
PRODUCTS := $(VENV)/.products
$(PRODUCTS): $(STAMP)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,adapters]'
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'arq>=0.26'
	@touch $@

test: lint chromium servers $(PRODUCTS)
	$(RUN)/python -m pytest -n $(JOBS) --dist worksteal -p no:cacheprovider

bench: $(STAMP)
	$(RUN)/python -m benchmarks.engine

# Takes some minutes and 4 GiB of memory; BENCH=--small is quick. Peers are installed into ~/.cache/redrive-benchmarks.
bench-dead-letters: $(STAMP)
	$(RUN)/python -m benchmarks.dead_letters $(BENCH)

# Takes about five minutes; BENCH="--jobs 1000 --times 1 --watch 10" is quick.
bench-pages: chromium
	$(RUN)/python -m benchmarks.pages $(BENCH)

# Takes about five minutes and 4 GiB of memory; BENCH="--jobs 20000 --failures 500 --watch 10" is quick.
bench-watching: $(STAMP)
	$(RUN)/python -m benchmarks.watching $(BENCH)

# Takes about four minutes and 2 GiB; BENCH=--small is quick.
bench-scrape: $(STAMP)
	$(RUN)/python -m benchmarks.scrape $(BENCH)

# A Firefox of the system, such as Debian's firefox-esr, by WebDriver BiDi. Later versions of Playwright ask for a command that
# Firefox ESR 153 does not know, so it has an environment of its own.
FIREFOX := .venv-firefox
$(FIREFOX)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found." >&2; exit 1; }
	$(PYTHON) -m venv $(FIREFOX)
	$(FIREFOX)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' 'playwright>=1.58,<1.62'
	@touch $@

test-firefox: $(FIREFOX)/.installed
	TEST_BROWSER=firefox $(FIREFOX)/bin/python -m pytest tests/browser -p no:cacheprovider

# Adapters beside the real products alone, also BullMQ and Sidekiq, which are installed where there is npm and gem.
test-adapters: $(PRODUCTS)
	$(RUN)/python -m pytest tests/adapters tests/contract -m adapters -n $(JOBS) -p no:cacheprovider

# Older versions of RQ, each in a folder before the newest one, which `make test` takes.
RQ ?= 1.16.2 2.0.0 2.6.1 2.12.0
OLDER := .venv-rq
test-rq: $(STAMP)
	@for version in $(RQ); do \
	  test -d $(OLDER)/$$version || $(RUN)/python -m pip install --quiet --no-deps --disable-pip-version-check \
	    --target $(OLDER)/$$version "rq==$$version" || exit 1; \
	  PYTHONPATH=$(OLDER)/$$version $(RUN)/python -m pytest tests/adapters/rq -n $(JOBS) -p no:cacheprovider || exit 1; \
	done

# The same for Celery, each with the kombu of its time.
CELERY ?= 5.3.6 5.4.0 5.5.3 5.6.3
KOMBU_5.3.6 := 5.3.7
KOMBU_5.4.0 := 5.4.2
KOMBU_5.5.3 := 5.5.4
KOMBU_5.6.3 := 5.6.2
OLDER_CELERY := .venv-celery
test-celery: $(STAMP)
	@$(foreach version,$(CELERY),{ test -d $(OLDER_CELERY)/$(version) || $(RUN)/python -m pip install --quiet --no-deps \
	  --disable-pip-version-check --target $(OLDER_CELERY)/$(version) "celery==$(version)" "kombu==$(KOMBU_$(version))"; } && \
	  PYTHONPATH=$(OLDER_CELERY)/$(version) $(RUN)/python -m pytest tests/adapters/celery -n $(JOBS) -p no:cacheprovider && ) true

# Every page, light and dark, for a desk and for a phone; PAGES="overview job" takes those alone. About six minutes.
screenshots: chromium
	$(RUN)/python -m tests.browser.screenshots $(PAGES)

# After words were added or changed: look for them, then translate what is new in dashboard/translations/*/ and run it again.
TRANSLATIONS := dashboard/translations
messages: $(STAMP)
	$(RUN)/pybabel -q extract -F $(TRANSLATIONS)/babel.cfg -k counted:1,2 -k marked_up -k N_ --no-location \
	  --sort-output --no-wrap --project redrive --copyright-holder "The Redrive authors" -o $(TRANSLATIONS)/messages.pot .
	$(RUN)/pybabel -q update -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS) --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
	-$(RUN)/pybabel -q compile -d $(TRANSLATIONS)   # it minds a number that English leaves out; a test checks placeholders

clean:
	rm -rf $(VENV) $(FIREFOX) $(OLDER) $(OLDER_CELERY) .mypy_cache .ruff_cache .pytest_cache .hypothesis
