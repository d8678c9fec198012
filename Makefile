# The front door. Each target is one line that calls a real tool; set-up is part of all of them.
TENANT ?= rubano
CHECK ?=
PORTAVOCE_CACHE ?= $(HOME)/.cache/portavoce
CARGO_TARGET_DIR ?= $(PORTAVOCE_CACHE)/target
export PORTAVOCE_CACHE CARGO_TARGET_DIR
export CHECK

.PHONY: help demo test sdks bench deploy lint setup clean faults load

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

demo: ## plays the main job on this machine and stays up; CHECK=1 checks it and ends
	@tests/demo

test: ## every check and every test; last line `N passed, N failed`
	@tests/run

sdks: ## foreign WhatsApp SDKs, unchanged, against the peer; those for Node need it
	@tests/sdks/run

faults: ## kills functions, cuts calls and counts on the phones; SEED=, RECIPIENTS=, INBOUND=; last line JSON
	@tests/faults/run

bench: ## measures the release binaries; last line JSON
	@tests/bench/run

load: ## one `send` on a third of a core, and the pace of several together; last line JSON
	@tests/load/run

deploy: ## deploys TENANT to AWS; needs PHONE_NUMBER_ID
	@infra/deploy $(TENANT)

lint: setup ## format, clippy and the template
	@cargo fmt --check && cargo clippy --profile quick --workspace --all-targets -- -D warnings && AWS_DEFAULT_REGION=eu-south-1 SAM_CLI_TELEMETRY=0 $(PORTAVOCE_CACHE)/tools/bin/sam validate --lint --template-file infra/template.yaml

setup: ## the two Python environments, outside the clone
	@infra/local/setup

clean: ## what this clone has built; the cache outside it stays
	@rm -rf .build target
