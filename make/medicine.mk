# csan's own medicine: its sources under other sanitizers, checkers and fuzzers.
FUZZ_SECONDS ?= 0

# Under AddressSanitizer the heap is not glibc's, and what is read of stacks is not csan's to read:
# the suites that need either run under UndefinedBehaviorSanitizer alone.
ASAN_SUITES  := fingerprint json module nearest options os ranges report_text share share_borrow share_owner share_sum sort suppress symbol text
UBSAN_SUITES := block cfi leak mark roots stack task unwind
TSAN_SUITES  := mark_pool module os ranges threads share_borrow
ASAN_FLAGS   := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
UBSAN_FLAGS  := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all
# Its shadow has no room where csan's window is.
TSAN_FLAGS   := -O1 -g -fsanitize=thread -Wno-tsan -DWINDOW_LO='((uintptr_t)0x7e9000000000)' \
                '-DWINDOW_BYTES=((uintptr_t)1<<38)'

asan-built:
	@$(MAKE) --no-print-directory O=$(O)/asan CC=gcc CFLAGS="$(ASAN_FLAGS)" $(ASAN_SUITES:%=$(O)/asan/unit/test_%)

ubsan-built:
	@$(MAKE) --no-print-directory O=$(O)/ubsan CC=gcc CFLAGS="$(UBSAN_FLAGS)" $(UBSAN_SUITES:%=$(O)/ubsan/unit/test_%)

tsan-built:
	@$(MAKE) --no-print-directory O=$(O)/tsan CC=gcc CFLAGS="$(TSAN_FLAGS)" $(TSAN_SUITES:%=$(O)/tsan/unit/test_%)

asan-suites ubsan-suites tsan-suites:
	@echo $($(shell echo $(@:-suites=) | tr a-z A-Z)_SUITES)

# ---- clang-tidy, a stamp a file; with ANALYZE=no without the analyzer, which is slow

TIDY_SRC   := $(RT_SRC) $(TOOL_SRC) $(wildcard test_integration/*/*.c runtime/*/*_static.c)
TIDY_STAMP := $(TIDY_SRC:%=$(O)/tidy$(ANALYZE)/%)

$(O)/tidy$(ANALYZE)/%: % .clang-tidy tests/medicine/accepted.txt $(wildcard runtime/*/*.h runtime/*/*.inc tools/*.h include/*.h)
	@mkdir -p $(@D)
	@tests/medicine/tidy.sh $(if $(filter no,$(ANALYZE)),--quick) $<
	@touch $@

tidy: $(TIDY_STAMP) ## clang-tidy over everything that is shipped

# ---- fuzzing

FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN  := $(FUZZ_SRC:tests/fuzz/%.c=$(O)/fuzz/%)
FUZZ_LIB  := $(O)/fuzz/libfuzzed.a
FUZZ_OBJ  := $(patsubst %.c,$(O)/fuzz/%.o,$(filter-out runtime/hook/% runtime/session/%,$(RT_SRC)) \
             tools/demangle.c tools/elf.c tools/flame.c tools/gunzip.c tools/locks.c tools/pprof_read.c tools/progress.c tools/say.c tools/shake.c tools/wire.c \
             $(wildcard tools/format*.c tools/record*.c))
FUZZ_SAN  := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_BASE := $(filter-out -MMD -MP,$(BASE)) -MMD -MP -O1 -g $(FUZZ_SAN)

$(O)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	@echo '  FUZZ    $@'
	@clang $(FUZZ_BASE) -fsanitize=fuzzer-no-link -c $< -o $@

$(FUZZ_LIB): $(FUZZ_OBJ) $(O)/runtime/base/os_x86_64.o
	@rm -f $@
	@ar rcs $@ $^

$(O)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_LIB)
	@echo '  FUZZ    $@'
	@clang $(FUZZ_BASE) -Wno-missing-prototypes -fsanitize=fuzzer $< -o $@ $(FUZZ_LIB) $(TOOL_LIBS)

fuzz-built: $(FUZZ_BIN)

fuzz: fuzz-built ## FUZZ_SECONDS=N: each fuzzer for so long; without it, the seeds alone
	@O=$(O) tests/fuzz/run.sh $(FUZZ_SECONDS)

# ---- all of it

medicine: all ## csan's sources under other sanitizers, checkers and fuzzers
	@O=$(O) tests/medicine/run.sh

.PHONY: asan-built ubsan-built tsan-built asan-suites ubsan-suites tsan-suites tidy fuzz-built fuzz medicine
-include $(FUZZ_OBJ:.o=.d) $(FUZZ_BIN:=.d)
