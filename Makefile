# make run: the whole program on this machine.   make test: everything that must hold.
# Python 3.11 to 3.13 and git are all that has to be there.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' && { echo $$p; break; }; done)

.PHONY: run test setup setup-test lock messages screenshots clean

setup:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found."; exit 1; }
	@$(PYTHON) tools/setup.py

setup-test:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found."; exit 1; }
	@$(PYTHON) tools/setup.py --test

run: setup
	@exec .venv/bin/python -m perscoach.up

test: setup-test
	@exec .venv/bin/python -m tools.check

# The lock files: exact versions, no registry addresses.
lock: setup-test
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements/run.txt
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --extra test pyproject.toml -o requirements/test.txt

# The README's picture, out of the end-to-end run's screenshots (var/screenshots).
screenshots: setup-test
	.venv/bin/python -m pytest -q tests/e2e/test_story.py
	.venv/bin/python -c "from PIL import Image; Image.open('var/screenshots/shadow.png').convert('RGB').save('docs/img/shadow.webp', quality=85)"

# Collect translatable strings into locale/*/LC_MESSAGES/django.po.
messages: setup-test
	.venv/bin/python -m tools.messages

clean:
	rm -rf .venv node_modules .mypy_cache .pytest_cache .ruff_cache
