# What is tested.
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(O)/unit/%)
CHECK_LIBS = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck -lsubunit -lm -lrt -lpthread)

$(O)/unit/%: tests/unit/%.c $(UNIT_LIB)
	@mkdir -p $(@D)
	$(CC) $(BASE) $(CFLAGS) -Wno-missing-prototypes $< -o $@ $(UNIT_LIB) $(CHECK_LIBS) $(UNIT_LIBS_$*)

unit: $(UNIT_BIN) ## unit suites, one program a module
	@for t in $(UNIT_BIN); do $$t || exit 1; done

.PHONY: all unit
