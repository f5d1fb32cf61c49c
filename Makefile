# Vigil's commands. Each makes ready what it needs; `make` alone lists them.

python := .venv/bin/python
# What works things out from a document alone: typed like the rules that stand on it.
pure := $(addprefix clinic/checklists/,$(addsuffix .py,answers branching checker document engine mistakes \
	salvage scoring written)) $(addprefix clinic/protocols/,$(addsuffix .py,calculators changes \
	checker corrected course course_rules differences document doses limits reading session_checker \
	session_rules sourced stand_ins stay timetable writing)) \
	$(addprefix clinic/protocols/exporting/,$(addsuffix .py,bundle files plans questionnaires)) \
	sessions/reports/filling.py
workers ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo run test deep bench screens lint lint-code lint-templates lint-imports lint-types lint-project format \
	ready ready-to-lint ready-to-test

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null \
	|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1   \2/p' Makefile

ready:
	@deploy/bootstrap.sh

ready-to-lint:
	@deploy/bootstrap.sh --tools

ready-to-test:
	@deploy/bootstrap.sh --chromium

demo: ready ## Start a made-up clinic and print its address
	@exec env VIGIL_MODE=demo $(python) manage.py demo

run: ready ## Start without made-up data
	@exec env VIGIL_MODE=run $(python) manage.py run

test: ready-to-test ## Run every test, the browser's included
	@echo "Running the tests in $(workers) processes …"
	@exec $(python) -m pytest -n $(workers) --dist loadgroup -q $(args)

screens: ready-to-test ## Picture every page: two themes, two widths, each state
	@echo "Taking the pictures into $${VIGIL_SCREENS:-.vigil/screens} …"
	@exec $(python) -m pytest -m screens tests/screens -q $(args)

deep: ready-to-test ## Take the long figures and write docs/evidence/ (an hour)
	$(python) -m tests.deep.trail
	$(python) -m pytest -m deep tests/deep tests/matrix tests/journeys -q
	VIGIL_LOOK_EVERYWHERE=1 $(python) -m pytest -n $(workers) --dist loadgroup tests/matrix/test_matrix.py -q
	VIGIL_LOOK_EVERYWHERE=1 $(python) -m pytest tests/bad_input -q
	VIGIL_LOOK_EVERYWHERE=1 $(python) -m pytest tests/journeys/test_every_page.py tests/journeys/test_empty_pages.py -q
	VIGIL_LOOK_EVERYWHERE=1 $(python) -m pytest tests/journeys/test_nine_protocols.py -q

bench: ready-to-test ## Take how long the pages take over a million rows
	$(python) -m tests.bench.search
	$(python) -m tests.bench.trail
	$(python) -m tests.bench.course

lint: lint-code lint-templates lint-imports lint-types lint-project ## Check everything a machine can

lint-code: ready-to-lint
	$(python) -m ruff check --quiet
	$(python) -m ruff format --check --quiet

lint-templates: ready-to-lint
	$(python) -m djlint --lint --quiet templates

lint-imports: ready-to-lint
	.venv/bin/lint-imports

lint-types: ready-to-lint
	$(python) -m mypy clinic/workflow.py clinic/access.py clinic/context.py \
		$$(find clinic sessions -name rules.py -o -name actions.py -o -name queries.py) \
		$(pure)

lint-project: ready-to-lint
	@VIGIL_MODE=test VIGIL_HOME=.vigil-test $(python) manage.py makemigrations --check --dry-run
	@VIGIL_MODE=test VIGIL_HOME=.vigil-test $(python) manage.py check

format: ready-to-lint ## Format the code
	$(python) -m ruff check --fix
	$(python) -m ruff format
