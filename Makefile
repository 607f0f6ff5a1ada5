# Everything runs from .venv, which any target makes by itself; nothing here needs root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# What Python compiles is kept, also where the machine is set up otherwise: each process of the tests would do it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test soak check format messages clean

demo: $(READY)  ## A Slack-like page on this machine, with the bot in it
	@$(BIN)/python -m bot.workspace

test: $(READY)  ## The whole test suite
	@$(BIN)/python -m pytest

soak: $(READY)  ## The storms and the property test of the suite at full size, some minutes
	@SOAK=1 $(BIN)/python -m pytest tests/scenarios/test_storm.py tests/scenarios/test_outages.py tests/core/test_life.py \
		tests/core/test_lock_order.py

check: $(READY)  ## Style, types, and who may import whom
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY)  ## Let ruff tidy up
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

messages: $(READY)  ## Renew the catalogs after a sentence has changed
	@$(BIN)/pybabel -q extract -k say -k say_many:1,2 -c "Translators:" --no-wrap --add-location=file --sort-by-file \
		--project=gpu-slots --omit-header -o bot/locale/messages.pot bot
	@for catalog in bot/locale/*.po; do \
		$(BIN)/pybabel -q update --no-wrap --ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete \
			-l $$(basename $$catalog .po) -i bot/locale/messages.pot -o $$catalog; done

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m compileall -q bot core
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
