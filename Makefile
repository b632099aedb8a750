# Every target makes what it needs first; a second run finds it made.
PYTHON ?= python3
BOOTSTRAP := $(PYTHON) -m ops.bootstrap
APP := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup run serve talk ingest train test check bench encoder lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: ## make the environments and nothing else
	@$(BOOTSTRAP) dev

run: ## start the assistant with its demo page and print the address
	@$(BOOTSTRAP) run
	@$(APP) -m ops.run --demo

serve: ## start the assistant without the demo; secrets come from the environment or .env
	@$(BOOTSTRAP) run
	@$(APP) -m ops.run

talk: ## chat in the terminal with an assistant that runs (make run)
	@$(BOOTSTRAP) run
	@$(APP) -m ops.talk

ingest: ## bring the knowledge index to the articles as they are now
	@$(BOOTSTRAP) run
	@$(APP) -m ops.renew knowledge

train: ## train the model from data/, domain.yml and config.yml
	@$(BOOTSTRAP) run
	@$(APP) -m ops.renew model

test: ## run the whole test suite
	@$(BOOTSTRAP) dev
	@$(APP) -m pytest

check: ## lint, types, import rules, and that every YAML file parses
	@$(BOOTSTRAP) dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pre-commit validate-config
	$(APP) -m ops.yamlcheck

bench: ## measure this assistant beside the stock Rasa bot, one table
	@$(BOOTSTRAP) dev
	@$(APP) -m benchmarks $(BENCH)

encoder: ## make the committed encoder anew (downloads a model; needs the training environment)
	@$(BOOTSTRAP) training
	@.venv-training/bin/python -m encoder.training

lock: ## resolve requirements/*.in into hashed lock files that name no index
	@$(BOOTSTRAP) run
	@$(APP) -m ops.lock

clean: ## remove what was built: environments, models, var/
	rm -rf .venv .venv-rasa .venv-training channels/web/node_modules models var .rasa
