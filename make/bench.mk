# What it costs: csan beside LeakSanitizer, ThreadSanitizer and heaptrack. ROUNDS=9 for steadier medians.
ROUNDS ?= 5

# Benchmarks of single modules, against the unit library: no tool beside them.
BENCH_SRC := $(wildcard bench/*_bench.c)
BENCH_BIN := $(BENCH_SRC:%.c=$(O)/%)

$(O)/bench/%_bench: bench/%_bench.c $(UNIT_LIB)
	@mkdir -p $(@D)
	$(CC) $(BASE) $(CFLAGS) -Wno-missing-prototypes $< -o $@ $(UNIT_LIB) -lpthread -ldl $(BENCH_LIBS_$*)

bench: all ## what csan costs, beside what others cost: three tables, a few minutes
	-@make/deps.sh bench # who is missing has no column
	@bench/run.sh -O $(O) -r $(ROUNDS)

bench-modules: $(BENCH_BIN) ## what single modules cost
	@for b in $(BENCH_BIN); do echo "== $$b"; $$b || exit 1; done

.PHONY: bench bench-modules
