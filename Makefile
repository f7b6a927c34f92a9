.DEFAULT_GOAL := help
.PHONY: help check format test fast full demo image clean

help: ## show what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

check: ## lint, format, types and import rules, without the tests
	./hustings test --only-checks

format: ## put the code into the one form that check asks for
	.venv/bin/python -m ruff check --fix .
	.venv/bin/python -m ruff format .

test: ## all checks, then all tests
	./hustings test

fast: ## the tests alone
	./hustings test --fast

full: ## the slow end-to-end forms of the tests too
	./hustings test -m ""

demo: ## a branch chat, judged before your eyes
	./hustings demo

image: ## the container image
	docker build -t hustings .

clean: ## remove what was made here, the environment too
	rm -rf .venv .venv.lock .venv.log build dist demo-data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
