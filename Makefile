# Every target makes what it needs first; a second run finds it made.
PYTHON ?= python3
BOOTSTRAP := $(PYTHON) -m ops.bootstrap
APP := .venv/bin/python
DATA ?= ../shared/data

.DEFAULT_GOAL := help
.PHONY: help setup run run-channels serve talk demo-data ingest import check-knowledge article train validate skill story-graph test-nlu \
	test check bench bench-knowledge bench-nlu bench-entities bench-policies bench-story-edits bench-conversations bench-channels bench-masking pictures encoder train-intents train-leads bench-leads lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: ## make the environments and nothing else
	@$(BOOTSTRAP) dev

run: ## start the assistant with its demo page and print the address
	@$(BOOTSTRAP) run
	@$(APP) -m ops.run --demo

run-channels: ## the same with WhatsApp, Telegram and the voice line, all played on one page of this machine
	@$(BOOTSTRAP) run
	@$(APP) -m ops.run --demo --channels $(if $(wildcard $(DATA)/vendor_api),--specs "$(DATA)/vendor_api")

serve: ## start the assistant without the demo; secrets come from the environment or .env
	@$(BOOTSTRAP) run
	@$(APP) -m ops.run

talk: ## chat in the terminal with an assistant that runs (make run)
	@$(BOOTSTRAP) run
	@$(APP) -m ops.talk

demo-data: ## make the demo network anew: 200 partners, 6,600 leads, payouts, tickets, all made up
	@$(BOOTSTRAP) run
	@$(APP) -m saathi.demo --replace

ingest: ## bring the knowledge index to the articles as they are now
	@$(BOOTSTRAP) run
	@$(APP) -m ops.renew knowledge

import: ## take documents in as drafts: make import FROM=<path or address> [SOURCE=name]
	@$(BOOTSTRAP) run
	@$(APP) -m knowledge.sources import "$(FROM)" $(if $(SOURCE),--source "$(SOURCE)")

check-knowledge: ## report articles that are wrong, stale, alike, contradictory or not found
	@$(BOOTSTRAP) run
	@$(APP) -m ops.renew check

article: ## begin an article: make article title="Credit life insurance" area=loans
	@$(BOOTSTRAP) run
	@$(APP) -m knowledge.scaffold "$(title)" $(if $(area),--area "$(area)")

train: ## train the model from data/, domain.yml and config.yml
	@$(BOOTSTRAP) run
	@$(APP) -m ops.renew model

validate: ## check data/, domain.yml and config.yml, a line a finding, before anything is trained
	@$(BOOTSTRAP) run
	@.venv-rasa/bin/python -m bot.validation; rules=$$?; $(APP) -m saathi.design_check; design=$$?; \
		$(APP) -m knowledge.topics && exit $$((rules | design))

skill: ## begin a skill: make skill name=visiting_cards
	@$(BOOTSTRAP) run
	@$(APP) -m ops.skill "$(name)"

story-graph: ## draw rules and stories into var/story-graph: make story-graph [STEM=payouts]
	@$(BOOTSTRAP) run
	@.venv-rasa/bin/python -m bot.story_graph $(if $(STEM),"$(STEM)")

test-nlu: ## judge the training data by cross-validation, and on the test sets
	@$(BOOTSTRAP) run
	@.venv-rasa/bin/python -W ignore -m bot.cross_validation

test: ## run the whole test suite
	@$(BOOTSTRAP) dev
	@$(BOOTSTRAP) leads
	@$(APP) -m pytest -n 2

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

bench-knowledge: ## measure search and answers: make bench-knowledge [QUESTIONS=<file>] [UNANSWERABLE=<file>]
	@$(BOOTSTRAP) dev
	@$(APP) -m benchmarks.knowledge $(if $(QUESTIONS),--questions "$(QUESTIONS)") $(if $(UNANSWERABLE),--unanswerable "$(UNANSWERABLE)") $(BENCH)

bench-nlu: ## measure understanding beside Rasa's DIET pipeline: make bench-nlu [DATA=<folder of the public data>]
	@$(BOOTSTRAP) dev
	@.venv-rasa/bin/python -m benchmarks.nlu --data "$(DATA)" $(BENCH)

bench-entities: ## measure entities with and without the trained recogniser
	@$(BOOTSTRAP) run
	@.venv-rasa/bin/python -m benchmarks.entities

bench-policies: ## which policies decide best, on paths held apart
	@$(BOOTSTRAP) run
	@$(APP) -m benchmarks.policies

bench-story-edits: ## ten edits of data/stories, each looked for in a running chat
	@$(BOOTSTRAP) dev
	@$(APP) -m benchmarks.story_edits

bench-conversations: ## hold the support conversations that were written apart with the running assistant
	@$(BOOTSTRAP) dev
	@$(APP) -m benchmarks.conversations

bench-channels: ## measure what the channels promise: acknowledgements, the voice line, order, crowds (4 minutes)
	@$(BOOTSTRAP) dev
	@$(APP) -m benchmarks.channels $(BENCH)

bench-masking: ## measure what is masked before storage: make bench-masking [DATA=<folder of the public data>]
	@$(BOOTSTRAP) run
	@$(APP) -m benchmarks.masking --cases "$(DATA)/pii_india/india_cases.csv" $(BENCH)

pictures: ## draw data/pictures/*.svg as PNG
	@$(BOOTSTRAP) dev
	@$(APP) -m ops.pictures

encoder: ## tune and make the committed encoder anew (40 minutes; DATA=<folder of the public data>)
	@$(BOOTSTRAP) run
	@$(BOOTSTRAP) training
	@$(APP) -m knowledge.examples var/encoder/questions.jsonl
	@.venv-training/bin/python -m encoder.training --data "$(DATA)" --questions var/encoder/questions.jsonl $(ENCODER)

train-intents: ## tune the encoder as an intent classifier and compare it with the linear head (25 minutes)
	@$(BOOTSTRAP) run
	@$(BOOTSTRAP) training
	@.venv-rasa/bin/python -W ignore -m bot.intent_parts var/intents/examples.jsonl
	@.venv-training/bin/python -m encoder.training.intents
	@.venv-rasa/bin/python -W ignore -m benchmarks.intents

train-leads: ## train the scoring of leads on the store's leads, with a model card and a report on drift
	@$(BOOTSTRAP) run
	@$(BOOTSTRAP) leads
	@$(APP) -m saathi.scoring.examples var/leads/examples.jsonl
	@.venv-leads/bin/python -m saathi.scoring.training

bench-leads: ## measure the scoring beside baselines, and lookups among a million leads: make bench-leads [DATA=<UCI bank data>]
	@$(BOOTSTRAP) leads
	@.venv-leads/bin/python -m benchmarks.leads.scoring --data "$(DATA)"
	@$(BOOTSTRAP) dev
	@$(APP) -m benchmarks.leads.lookups $(BENCH)

lock: ## resolve requirements/*.in into hashed lock files that name no index
	@$(BOOTSTRAP) run
	@$(APP) -m ops.lock

clean: ## remove what was built: environments, models, var/
	rm -rf .venv .venv-rasa .venv-training .venv-leads channels/web/node_modules models var .rasa
