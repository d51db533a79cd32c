# What is tested. `make test` runs every suite and closes with one line; each suite can be run alone.
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
UNIT_BIN   := $(UNIT_SRC:tests/unit/%.c=$(O)/unit/%)
CHECK_LIBS  = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck -lsubunit -lm -lrt -lpthread)

$(O)/unit/%: tests/unit/%.c $(UNIT_LIB)
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(BASE) $(CFLAGS) -fno-omit-frame-pointer -Wno-missing-prototypes $< -o $@ $(UNIT_LIB) \
	    $(CHECK_LIBS) $(UNIT_LIBS_$*) -ldl

unit: $(UNIT_BIN) ## unit suites, one program a module
	@O=$(O) tests/unit/run.sh $(UNIT_BIN)

cases: all ## one small program a fact, each with its passing twin
	@O=$(O) tests/cases/run.sh

reports: all ## records and what is made of them, against schemas and readers
	@O=$(O) tests/reports/run.sh

blocking: all ## every call that blocks is known, watched, and behaves as ever
	@O=$(O) tests/blocking/run.sh

real: all ## real programs from the system's packages, unchanged by csan
	@O=$(O) tests/real/run.sh

layers: $(RT_OBJ) ## who may include whom, and what the watched process may need
	@O=$(O) tests/layers.sh

test: ## every test; installs what it needs
	@make/deps.sh test
	@$(MAKE) --no-print-directory all demo-built $(UNIT_BIN)
	@O=$(O) tests/run.sh

-include $(UNIT_BIN:=.d)
.PHONY: all unit cases reports blocking real layers test
