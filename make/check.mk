# Check: the glue for CK_FORK=no, and the suites that prove the integration.
CHECK_GLUE := $(O)/lib/libcsan_check.a

all: $(CHECK_GLUE)

$(CHECK_GLUE): $(O)/test_integration/nofork/check_nofork.o
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^

# Reading symbols out of an executable, any executable.
$(O)/check/test_elf: tests/check/test_elf.c $(UNIT_LIB)
	@mkdir -p $(@D)
	@$(CC) $(BASE) $(CFLAGS) -Wno-missing-prototypes $< -o $@ $(UNIT_LIB) $(CHECK_LIBS)

check-suites: all $(O)/check/test_elf ## Check's verdicts under csan, line by line
	@$(O)/check/test_elf
	@tests/check/run.sh $(O)

.PHONY: check-suites
-include $(O)/test_integration/nofork/check_nofork.d
